/**
 * Opens and reads every file of the folders named as arguments, again and again, as any program of a user may at any moment, until its input
 * ends. Prints one JSON document: how many whole reads there were, and the first of those that were not.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { brokenness } from './whole-file.ts';

/** Milliseconds between two passes, so that two cores are left to those who are watched. */
const PAUSE_MS = 15;
const MOST_TOLD = 20;

const VANISHED = new Set(['ENOENT', 'ENOTDIR']);
/** Names that the load gives, and those that the client gives to what it rescues. */
const KNOWN_NAME = /^(dir-\d+|[a-z]+-\d+(\.conflict-local-[0-9a-f]{8})?)$/;

const torn: string[] = [];
let reads = 0;

function sample(folder: string): void {
  for (const entry of list(folder)) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.syncpair')) continue;
    if (!KNOWN_NAME.test(entry.name)) torn.push(`${path}: a name that nobody gave`);
    else if (entry.isDirectory()) sample(path);
    else read(path);
  }
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (VANISHED.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function read(path: string): void {
  try {
    const broken = brokenness(readFileSync(path));
    if (broken === null) reads += 1;
    else torn.push(`${path}: ${broken}`);
  } catch (error) {
    if (!VANISHED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

let over = false;
process.stdin.on('end', () => (over = true)).resume();
while (!over && torn.length < MOST_TOLD) {
  for (const folder of process.argv.slice(2)) sample(folder);
  await delay(PAUSE_MS);
}
process.stdout.write(JSON.stringify({ reads, torn: torn.slice(0, MOST_TOLD) }));
process.exit(0);
