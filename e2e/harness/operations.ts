import { appendFileSync, chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

const NAMES = ['a', 'b', 'c', 'notes.txt', 'pläne.md', 'x y', 'run.sh'];
const MOST_DEPTH = 3;

/** One random act in a folder, as a user might do it. Returns it in words; null when there was nothing to do it to. */
export function randomOperation(folder: string, random: Random, ledger: Ledger, counter: number, author: string): string | null {
  const act = random.pick(ACTS);
  try {
    return act({ folder, random, ledger, text: `${author}|${counter}|${random.bytes(12).toString('hex')}\n` });
  } catch (error) {
    // The folder changes under the generator's hands: what it chose can be gone, or of another kind.
    if (RACES.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

const RACES = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ENOTEMPTY', 'EINVAL', 'ELOOP', 'ERR_FS_EISDIR']);

interface Scene {
  readonly folder: string;
  readonly random: Random;
  readonly ledger: Ledger;
  /** A content that was never written before. */
  readonly text: string;
}

type Act = (scene: Scene) => string | null;

const write: Act = ({ folder, random, ledger, text }) => {
  const path = somePath(random);
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  const content = text.repeat(1 + random.below(random.below(10) === 0 ? 2_000 : 4));
  put(join(folder, path), content, ledger, path);
  return `write ${path}`;
};

const overwrite: Act = ({ folder, random, ledger, text }) => {
  const path = existing(folder, random, 'file');
  if (path === null) return null;
  put(join(folder, path), text, ledger, path);
  return `overwrite ${path}`;
};

function put(absolute: string, content: string, ledger: Ledger, where: string): void {
  if (lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink() === true) return;
  ledger.replaces(absolute);
  writeFileSync(absolute, content);
  ledger.wrote(content, where);
}

const append: Act = ({ folder, random, ledger, text }) => {
  const path = existing(folder, random, 'file');
  if (path === null) return null;
  ledger.replaces(join(folder, path));
  appendFileSync(join(folder, path), text);
  // What lies there now is whatever lay there and the text; only the text's author knows it is not lost by itself.
  return `append to ${path}`;
};

const remove: Act = ({ folder, random, ledger }) => {
  const path = existing(folder, random, 'any');
  if (path === null) return null;
  for (const below of filesBelow(join(folder, path))) ledger.replaces(below);
  rmSync(join(folder, path), { recursive: true });
  return `remove ${path}`;
};

const rename: Act = ({ folder, random, ledger }) => {
  const from = existing(folder, random, 'any');
  if (from === null) return null;
  const to = somePath(random);
  if (to === from || to.startsWith(`${from}/`)) return null;
  mkdirSync(join(folder, dirname(to)), { recursive: true });
  ledger.replaces(join(folder, to));
  renameSync(join(folder, from), join(folder, to));
  return `rename ${from} to ${to}`;
};

const makeFolder: Act = ({ folder, random }) => {
  const path = somePath(random);
  mkdirSync(join(folder, path), { recursive: true });
  return `mkdir ${path}`;
};

const swapKind: Act = ({ folder, random, ledger, text }) => {
  const path = existing(folder, random, 'any');
  if (path === null) return null;
  const absolute = join(folder, path);
  const was = lstatSync(absolute);
  for (const below of filesBelow(absolute)) ledger.replaces(below);
  rmSync(absolute, { recursive: true });
  if (was.isDirectory()) put(absolute, text, ledger, path);
  else if (random.below(2) === 0) symlinkSync('nowhere', absolute);
  else {
    mkdirSync(absolute);
    put(join(absolute, 'inside'), text, ledger, `${path}/inside`);
  }
  return `swap ${path}`;
};

const toggleExecutable: Act = ({ folder, random }) => {
  const path = existing(folder, random, 'file');
  if (path === null) return null;
  const { mode } = lstatSync(join(folder, path));
  chmodSync(join(folder, path), (mode & 0o100) === 0 ? 0o755 : 0o644);
  return `chmod ${path}`;
};

const ACTS: readonly Act[] = [
  write,
  write,
  write,
  overwrite,
  overwrite,
  append,
  remove,
  rename,
  rename,
  makeFolder,
  swapKind,
  toggleExecutable,
];

function somePath(random: Random): string {
  const depth = 1 + random.below(MOST_DEPTH);
  return Array.from({ length: depth }, () => random.pick(NAMES)).join('/');
}

function existing(folder: string, random: Random, kind: 'file' | 'any'): string | null {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => (kind === 'file' ? entry.isFile() : true))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.syncpair'))
    .sort();
  return paths.length === 0 ? null : random.pick(paths);
}

function filesBelow(absolute: string): string[] {
  const stats = lstatSync(absolute, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return [absolute];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
