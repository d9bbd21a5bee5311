import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream, lstatSync, readdirSync, readlinkSync } from 'node:fs';

/** Nanoseconds that two mtimes may differ by. */
const MTIME_TOLERANCE_NS = 1_000_000n;

export interface Item {
  readonly kind: 'file' | 'dir' | 'link' | 'other';
  /** Of a file: SHA-256 and executable bit; of a link its target, in latin1 so that bytes stay bytes. */
  readonly detail: string;
  readonly mtimeNs: bigint;
  readonly size: number;
}

/** Paths with `/`, each name's bytes as latin1, so that no two names look the same by decoding. */
export type Tree = ReadonlyMap<string, Item>;

export interface ReadOptions {
  /** Paths (as in the tree) that are left out, with what lies below. */
  readonly without?: (path: string) => boolean;
}

const hashes = new Map<string, string>();

/** Reads a folder as it is on disk; what the product keeps at its root is left out. A file that vanishes meanwhile is left out too. */
export async function readTree(folder: string, options: ReadOptions = {}): Promise<Tree> {
  const tree = new Map<string, Item>();
  await readFolder(Buffer.from(folder), '', tree, options.without ?? (() => false));
  return tree;
}

async function readFolder(folder: Buffer, prefix: string, tree: Map<string, Item>, without: (path: string) => boolean): Promise<void> {
  for (const name of namesIn(folder)) {
    const path = prefix + name.toString('latin1');
    if ((prefix === '' && isOurs(name)) || without(path)) continue;
    const absolute = Buffer.concat([folder, Buffer.from('/'), name]);
    const stats = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) continue;
    const item = await readItem(absolute, stats);
    if (item === null) continue;
    tree.set(path, item);
    if (item.kind === 'dir') await readFolder(absolute, `${path}/`, tree, without);
  }
}

const isOurs = (name: Buffer): boolean => name.toString('latin1').startsWith('.syncpair') && name.toString('latin1') !== '.syncpairignore';

function namesIn(folder: Buffer): Buffer[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' }).sort(Buffer.compare);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

async function readItem(path: Buffer, stats: BigIntStats): Promise<Item | null> {
  const base = { mtimeNs: stats.mtimeNs, size: Number(stats.size) };
  try {
    if (stats.isSymbolicLink()) return { ...base, kind: 'link', detail: readlinkSync(path, { encoding: 'buffer' }).toString('latin1') };
    if (stats.isDirectory()) return { ...base, kind: 'dir', detail: '' };
    if (!stats.isFile()) return { ...base, kind: 'other', detail: '' };
    return { ...base, kind: 'file', detail: `${await hashOf(path, stats)}${(stats.mode & 0o100n) === 0n ? '' : ' x'}` };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** Of the bytes; an inode that did not change since the last look is not read again. */
async function hashOf(path: Buffer, stats: BigIntStats): Promise<string> {
  const key = [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  // A file written within the clock's grain of the look may change once more under the same stamp.
  if (BigInt(Date.now()) * 1_000_000n - stats.ctimeNs > 1_000_000_000n) hashes.set(key, found);
  return found;
}

const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');

/** What differs between two trees, a line each; empty when they are the same. Times are compared of files only. */
export function differences(one: Tree, other: Tree): string[] {
  const lines: string[] = [];
  for (const path of new Set([...one.keys(), ...other.keys()])) {
    const [a, b] = [one.get(path), other.get(path)];
    if (a === undefined || b === undefined) lines.push(`${JSON.stringify(path)}: ${say(a)} ≠ ${say(b)}`);
    else if (a.kind !== b.kind || a.detail !== b.detail) lines.push(`${JSON.stringify(path)}: ${say(a)} ≠ ${say(b)}`);
    else if (a.kind === 'file' && abs(a.mtimeNs - b.mtimeNs) > MTIME_TOLERANCE_NS)
      lines.push(`${JSON.stringify(path)}: mtime ${a.mtimeNs} ≠ ${b.mtimeNs}`);
  }
  return lines;
}

const say = (item: Item | undefined): string =>
  item === undefined ? 'nothing' : `${item.kind} ${item.detail.slice(0, 80)} ${item.size} B`;
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** SHA-256 of every file's bytes in a tree. */
export const contentsOf = (tree: Tree): Set<string> =>
  new Set([...tree.values()].flatMap(({ kind, detail }) => (kind === 'file' ? [detail.slice(0, 64)] : [])));
