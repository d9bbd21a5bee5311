import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of each file that are worth telling. */
const LIMIT = 8_000;

/** Marks where PostgreSQL's log files end now; the returned function reads what was added since, at most its end. */
export async function followLog(logDir: string): Promise<() => Promise<string>> {
  const before = await sizes(logDir);
  return async () => {
    const added: string[] = [];
    for (const [name, size] of await sizes(logDir)) {
      const known = before.get(name) ?? 0;
      // A file that became smaller is that of last week, begun anew.
      const start = Math.max(size < known ? 0 : known, size - LIMIT);
      added.push(await readPart(join(logDir, name), start, size - start));
    }
    return added.join('\n').trim();
  };
}

async function sizes(logDir: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of await readdir(logDir)) found.set(name, (await stat(join(logDir, name))).size);
  return found;
}

async function readPart(path: string, start: number, length: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
