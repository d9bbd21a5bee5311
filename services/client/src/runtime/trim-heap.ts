import { DatabaseSync } from 'node:sqlite';

/**
 * Gives the pages that lie free between what is still held back to the system. The C library of Linux does that by itself only at the end
 * of what it has taken, where one small block keeps everything before it.
 *
 * Node has no call for it. SQLite calls a function of a library by its name, as the start of an extension, and this one needs no more than a
 * number: how much to leave at the end. What it gets is an address, so large that the end stays as it is, which is not what this is about. Its
 * answer is 1 where something was given back, and SQLite takes that for a failure.
 *
 * Elsewhere there is no such library or function, and nothing happens.
 */
export function trimHeap(): void {
  if (process.platform !== 'linux') return;
  const database = new DatabaseSync(':memory:', { allowExtension: true });
  try {
    database.loadExtension('libc.so.6', 'malloc_trim');
  } catch {
    // As told above: the answer was 1, or there is no such function.
  } finally {
    database.close();
  }
}
