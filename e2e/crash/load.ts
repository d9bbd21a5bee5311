import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClientProcess } from '../harness/client-process.ts';
import { Ledger, sha256 } from '../harness/ledger.ts';
import type { Random } from '../harness/random.ts';
import type { Tree } from '../harness/tree.ts';
import { wholeContent } from './whole-file.ts';

const FOLDERS = 5;
const MIB = 1024 * 1024;

/**
 * Users at work in the folders of several clients, each on files of their own, so that what must lie everywhere in the end is known exactly.
 * They save as editors do, by a rename, so that no reader ever sees half of what they wrote themselves.
 */
export class Load {
  readonly ledger = new Ledger();
  readonly #clients: readonly ClientProcess[];
  readonly #random: Random;
  readonly #files: number;
  /** SHA-256 of what was written last, by path; absent where it was removed. */
  readonly #expected = new Map<string, string>();
  #counter = 0;

  /** @param files of each client at most */
  constructor(clients: readonly ClientProcess[], random: Random, files: number) {
    this.#clients = clients;
    this.#random = random;
    this.#files = files;
  }

  /** Writes every file once. */
  fill(): void {
    for (const client of this.#clients) for (let n = 0; n < this.#files; n += 1) this.#write(client, pathOf(client, n));
  }

  /** One act of one user, of anybody where none is named: mostly a save, now and then a removal. */
  act(client: ClientProcess = this.#random.pick(this.#clients)): void {
    const path = pathOf(client, this.#random.below(this.#files));
    if (this.#random.below(8) > 0 || !this.#expected.has(path)) this.#write(client, path);
    else this.#remove(client, path);
  }

  /** One user saves one file. @param length of its content, in bytes */
  save(client: ClientProcess, n: number, length: number): void {
    this.#write(client, pathOf(client, n), length);
  }

  /** One user removes a file, or makes it again. */
  toggle(client: ClientProcess, n: number): void {
    const path = pathOf(client, n);
    if (this.#expected.has(path)) this.#remove(client, path);
    else this.#write(client, path);
  }

  /** What differs in a tree from what the users did, a line each. */
  missingIn(tree: Tree): string[] {
    const lines: string[] = [];
    for (const [path, hash] of this.#expected)
      if (tree.get(path)?.detail.slice(0, 64) !== hash) lines.push(`${path}: ${tree.get(path)?.detail ?? 'nothing'} instead of ${hash}`);
    for (const [path, { kind }] of tree) if (kind !== 'dir' && !this.#expected.has(path)) lines.push(`${path} was removed, and is there`);
    return lines;
  }

  #write(client: ClientProcess, path: string, length: number = this.#someLength()): void {
    const random = this.#random;
    this.#counter += 1;
    const content = wholeContent(client.id, this.#counter, random.bytes(12), length);
    const aside = join(client.home, 'aside');
    writeFileSync(aside, content);
    mkdirSync(dirname(client.at(path)), { recursive: true });
    this.ledger.replaces(client.at(path));
    renameSync(aside, client.at(path));
    this.ledger.wrote(content, `${client.id}: ${path}`);
    this.#expected.set(path, sha256(content));
  }

  #someLength(): number {
    const kind = this.#random.below(40);
    if (kind === 0) return MIB + this.#random.below(2 * MIB);
    return this.#random.below(kind < 10 ? 100_000 : 3_000);
  }

  #remove(client: ClientProcess, path: string): void {
    this.ledger.replaces(client.at(path));
    rmSync(client.at(path), { force: true });
    this.#expected.delete(path);
  }
}

const pathOf = (client: ClientProcess, n: number): string => `dir-${n % FOLDERS}/${client.id}-${n}`;
