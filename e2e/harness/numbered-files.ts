import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { ClientProcess } from './client-process.ts';
import { until } from './until.ts';

/** What lies at the root of a client's folder, but for what is the client's own. */
export const named = (client: ClientProcess): string[] => readdirSync(client.folder).filter((name) => !name.startsWith('.syncpair'));

/** Writes `file 0`, `file 1`, …, each with a content of its own. */
export function fill(client: ClientProcess, count: number): void {
  for (let n = 0; n < count; n += 1) writeFileSync(client.at(`file ${n}`), `content ${n}`);
}

/** Removes `file FROM` up to, without, `file TO`. */
export function remove(client: ClientProcess, from: number, to: number): void {
  for (let n = from; n < to; n += 1) rmSync(client.at(`file ${n}`));
}

/** Resolves with the id of a hold once the client knows of one with this many paths. */
export const waiting = (client: ClientProcess, paths: number): Promise<string> =>
  until(`${client.id} knows of ${paths} that wait`, async () => {
    const [hold] = await client.holds();
    return hold?.paths === paths ? hold.id : undefined;
  });

/** Resolves once this many names lie in the client's folder. */
export const count = (client: ClientProcess, files: number): Promise<true> =>
  until(`${client.id} has ${files} files`, () => (named(client).length === files ? true : undefined));
