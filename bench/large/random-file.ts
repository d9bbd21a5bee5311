import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientProcess } from '../../e2e/harness/client-process.ts';

export const MIB = 1024 * 1024;

/** Puts a file of random bytes into a client's folder, in one step: it is complete when it is seen. */
export function putRandomFile(client: ClientProcess, name: string, mebibytes: number): void {
  const aside = join(client.home, 'aside');
  const file = openSync(aside, 'w');
  const piece = Buffer.alloc(MIB);
  for (let n = 0; n < mebibytes; n += 1) writeSync(file, randomFillSync(piece));
  closeSync(file);
  renameSync(aside, client.at(name));
}
