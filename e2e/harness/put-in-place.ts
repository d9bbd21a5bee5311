import { renameSync, writeFileSync } from 'node:fs';
import type { ClientProcess } from './client-process.ts';

/** Puts a whole file into a client's folder in one step: a writer that pauses in the middle makes two versions. */
export function putInPlace(client: ClientProcess, name: string, content: Uint8Array): void {
  const aside = `${client.folder}.aside`;
  writeFileSync(aside, content);
  renameSync(aside, client.at(name));
}
