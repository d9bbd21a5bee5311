import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, createReadStream, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ClientProcess } from '../harness/client-process.ts';
import { until } from '../harness/until.ts';

export const MIB = 1024 * 1024;
const PIECE = 4 * MIB;

/** Writes a file that neither compresses nor repeats itself, by the piece. */
export function writeRandom(path: string, mebibytes: number): void {
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(PIECE);
  for (let written = 0; written < mebibytes * MIB; written += PIECE)
    writeSync(file, randomFillSync(piece).subarray(0, Math.min(PIECE, mebibytes * MIB - written)));
  closeSync(file);
}

/** Like `writeRandom`, but nobody sees the file half written: a writer that pauses makes versions. */
export function writeAtOnce(client: ClientProcess, name: string, mebibytes: number): void {
  const aside = join(client.home, 'aside');
  writeRandom(aside, mebibytes);
  renameSync(aside, client.at(name));
}

/** Puts a file in place in one step, so that nobody sees it half written. */
export function putAtOnce(client: ClientProcess, name: string, bytes: Uint8Array): void {
  const aside = join(client.home, 'aside');
  writeFileSync(aside, bytes);
  renameSync(aside, client.at(name));
}

export async function hashFile(path: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(path), digest);
  return digest.digest('hex');
}

/** Waits until a client's file is the same as another's, without reading it before it can be. */
export async function arrivesWhole(from: ClientProcess, to: ClientProcess, name: string, within = 120_000): Promise<void> {
  const [{ size }, hash] = [await stat(from.at(name)), await hashFile(from.at(name))];
  let seen = '';
  await until(
    `${name} of ${from.id} at ${to.id}`,
    async () => {
      const found = await stat(to.at(name)).catch(() => null);
      const look = `${found?.size} ${found?.mtimeMs} ${found?.ino}`;
      if (found?.size !== size || look === seen) return undefined;
      seen = look;
      return (await hashFile(to.at(name))) === hash ? true : undefined;
    },
    { within },
  );
}
