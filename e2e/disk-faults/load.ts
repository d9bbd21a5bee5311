import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../harness/ledger.ts';
import type { Random } from '../harness/random.ts';
import type { Tree } from '../harness/tree.ts';

/** Bytes of a file that travels alone. */
const LARGE = 1_500_000;

/** One author's work in a folder of their own, and what must be there in the end: nobody else touches it. */
export class Load {
  readonly #root: string;
  readonly #area: string;
  readonly #random: Random;
  /** Hash, or `link`, of everything that must be there. */
  readonly #due = new Map<string, string>();
  /** Hash of every content that was ever put at a path. */
  readonly written = new Map<string, Set<string>>();

  /** `root` is a client's folder, `area` a name in it. */
  constructor(root: string, area: string, random: Random) {
    this.#root = root;
    this.#area = area;
    this.#random = random;
  }

  /** What is there before anything fails. */
  prepare(): void {
    for (let n = 0; n < 4; n += 1) {
      for (const name of ['edited', 'deleted', 'renamed', 'executable', 'kept', 'folder/inside', 'gone/inside'])
        this.#write(`${name}-${n}`, 300);
    }
    this.#write('large', LARGE);
  }

  /** Edits, new files and folders, renames, deletions, a large file, a link, an executable bit. */
  act(): void {
    for (let n = 0; n < 4; n += 1) {
      this.#write(`edited-${n}`, 200 + 3_000 * n);
      this.#write(`new/deeper/file-${n}`, 500);
      this.#write(`new-${n}`, 40_000);
      this.#remove(`deleted-${n}`);
      this.#rename(`renamed-${n}`, `moved-${n}`);
      chmodSync(this.#at(`executable-${n}`), 0o755);
      this.#remove(`gone/inside-${n}`);
    }
    rmSync(this.#at('gone'), { recursive: true });
    renameSync(this.#at('folder'), this.#at('moved folder'));
    for (let n = 0; n < 4; n += 1) this.#told(`folder/inside-${n}`, `moved folder/inside-${n}`);
    symlinkSync('kept-1', this.#at('link'));
    this.#due.set('link', 'link');
    this.#write('large', LARGE + 10);
  }

  /** What differs between a tree and what must be there, a line each. Folders are told by what is in them. */
  differences(tree: Tree): string[] {
    const lines: string[] = [];
    const prefix = `${this.#area}/`;
    for (const [path, due] of this.#due) {
      const found = tree.get(prefix + path);
      if (found === undefined) lines.push(`${prefix}${path} is not there`);
      else if (found.kind === 'link' ? due !== 'link' : !found.detail.startsWith(due)) lines.push(`${prefix}${path} holds something else`);
    }
    for (const [path, { kind }] of tree)
      if (path.startsWith(prefix) && kind !== 'dir' && !this.#due.has(path.slice(prefix.length))) lines.push(`${path} should not be there`);
    return lines;
  }

  /** Paths of the area whose content in a tree nobody ever wrote there. */
  foreign(tree: Tree): string[] {
    const prefix = `${this.#area}/`;
    return [...tree].flatMap(([path, { kind, detail }]) =>
      kind === 'file' && path.startsWith(prefix) && this.written.get(path.slice(prefix.length))?.has(detail.slice(0, 64)) !== true
        ? [path]
        : [],
    );
  }

  #write(path: string, size: number): void {
    const bytes = Buffer.concat([this.#random.bytes(64), Buffer.alloc(size, path)]);
    const hash = sha256(bytes);
    mkdirSync(dirname(this.#at(path)), { recursive: true });
    this.#wrote(path, hash);
    writeFileSync(this.#at(path), bytes);
  }

  #wrote(path: string, hash: string): void {
    this.#due.set(path, hash);
    const known = this.written.get(path);
    if (known === undefined) this.written.set(path, new Set([hash]));
    else known.add(hash);
  }

  #remove(path: string): void {
    rmSync(this.#at(path));
    this.#due.delete(path);
  }

  #rename(from: string, to: string): void {
    renameSync(this.#at(from), this.#at(to));
    this.#told(from, to);
  }

  #told(from: string, to: string): void {
    this.#wrote(to, this.#due.get(from) as string);
    this.#due.delete(from);
  }

  #at(path: string): string {
    return join(this.#root, this.#area, path);
  }
}
