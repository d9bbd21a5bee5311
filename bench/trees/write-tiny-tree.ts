import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILES_OF_A_FOLDER = 1_000;
const BYTES = 24;

const folderOf = (n: number): string => String(Math.floor(n / FILES_OF_A_FOLDER)).padStart(4, '0');

/** The path of one file in the tree. */
export const tinyFile = (n: number): string => join(folderOf(n), `${n}.txt`);

/** Writes files of 24 bytes, each with a content of its own, a thousand to a folder. */
export function writeTinyTree(root: string, files: number): void {
  for (let n = 0; n < files; n += 1) {
    if (n % FILES_OF_A_FOLDER === 0) mkdirSync(join(root, folderOf(n)), { recursive: true });
    writeFileSync(join(root, tinyFile(n)), `${n} `.padEnd(BYTES, '.'));
  }
}
