import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientProcess } from '../harness/client-process.ts';
import type { Ledger } from '../harness/ledger.ts';

/** Milliseconds between two writes. */
const PAUSE_MS = 25;
/** Every so many writes go to the same path again. */
const PATHS = 12;

/** Writes in each client's folder, new files and new versions of its own files, while something else happens. */
export async function writeDuring(
  clients: readonly ClientProcess[],
  ledger: Ledger,
  label: string,
  happens: Promise<unknown>,
): Promise<number> {
  let over = false;
  const ended = happens.finally(() => (over = true));
  let count = 0;
  while (!over || count < clients.length * PATHS) {
    for (const client of clients) {
      const path = client.at(label, client.id, `file-${Math.floor(count / clients.length) % PATHS}.txt`);
      const text = `${label} ${client.id} ${count}\n`.repeat(count % 7 === 0 ? 2_000 : 1);
      mkdirSync(dirname(path), { recursive: true });
      ledger.replaces(path);
      writeFileSync(path, text);
      ledger.wrote(text, `${client.id}: ${label}, write ${count}`);
      count += 1;
    }
    await delay(PAUSE_MS);
  }
  await ended;
  return count;
}
