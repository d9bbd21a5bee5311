import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { type HistoryItem } from '@syncpair/contracts';
import type { ClientProcess } from './client-process.ts';
import { contentsOf, readTree } from './tree.ts';

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Every content that a test wrote and that nobody may lose: what the test itself wrote over before it was known to be on the server is
 * let off, everything else must be found again.
 */
export class Ledger {
  readonly #due = new Map<string, string>();
  readonly #safe = new Set<string>();

  /** A content was written; `where` is for the report. */
  wrote(bytes: Buffer | string, where: string): void {
    this.#due.set(sha256(bytes), where);
  }

  /** The test is about to replace or remove what lies at a path: if nobody had it yet, its loss is the test's own. */
  replaces(absolute: string): void {
    const stats = lstatSync(absolute, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) return;
    const hash = sha256(readFileSync(absolute));
    if (!this.#safe.has(hash)) this.#due.delete(hash);
  }

  /** All clients are in sync: what lies in this folder is on the server, and must be found for ever. */
  async settled(folder: string): Promise<void> {
    for (const hash of contentsOf(await readTree(folder))) this.#safe.add(hash);
  }

  /**
   * Looks for every content: in the folder, and else among the versions, each of which is fetched and checked.
   *
   * @returns a line for each content that is nowhere
   */
  async missing(client: ClientProcess, server: string): Promise<string[]> {
    const live = contentsOf(await readTree(client.folder));
    const history = new Map((await client.history()).flatMap((item) => (item.hash === null ? [] : [[item.hash, item] as const])));
    const lines: string[] = [];
    for (const [hash, where] of this.#due) {
      if (live.has(hash)) continue;
      const item = history.get(hash);
      if (item === undefined) lines.push(`${where} (${hash.slice(0, 12)}) is neither live nor in the history`);
      else if (sha256(await downloadVersion(server, client, item)) !== hash)
        lines.push(`${where}: version ${item.version} has other bytes`);
    }
    return lines;
  }

  get size(): number {
    return this.#due.size;
  }
}

async function downloadVersion(server: string, { id, directory }: ClientProcess, { path, version }: HistoryItem): Promise<Buffer> {
  const query = new URLSearchParams({ client_id: id, directory, shared: 'true', version });
  const response = await fetch(`${server}/download/${path.split('/').map(encodeURIComponent).join('/')}?${query}`);
  return response.ok ? Buffer.from(await response.arrayBuffer()) : Buffer.from(`answered ${response.status}`);
}
