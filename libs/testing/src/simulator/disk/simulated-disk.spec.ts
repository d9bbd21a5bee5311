import { chmodSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RelativePath, decodeManifest } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ChunkedContent,
  type Disk,
  type DiskAction,
  DiskProblem,
  type DiskResult,
  type Expected,
  type Listing,
} from '../../../../../services/client/src/disk/disk.ts';
import { LocalDisk } from '../../../../../services/client/src/disk/local-disk.ts';
import type { Observed } from '../../../../../services/client/src/disk/observed.ts';
import { Tree } from '../files/tree.ts';
import { contentHash } from '../world/content-hash.ts';
import { OwnProcess } from '../world/own-process.ts';
import { Random } from '../world/random.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { StagingArea } from './staging-area.ts';

/** What a listing tells, as `KnownFolder` has it; the names are ASCII. */
const knownOf = ({ entries }: Listing): string =>
  entries
    .toSorted((one, two) => (one.path < two.path ? -1 : 1))
    .map(({ path, observed }) => `${observed.stamp}/${path.split('/').at(-1) as string}/`)
    .join('');

const foldersOf = ({ entries }: Listing): RelativePath[] =>
  entries.filter(({ observed }) => observed.kind === 'dir').map(({ path }) => path);

/** Random sequences, each of so many steps. */
const SEQUENCES = 12;
const STEPS = 40;
const PATHS = ['a', 'b', 'a/c', 'a/d', 'b/c', 'a/c/e'] as RelativePath[];
const MTIME = 1_700_000_000_000_000_000n;

let root: string;
let local: LocalDisk;
let simulated: { disk: Disk; tree: Tree; time: VirtualTime };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sim-disk-'));
  local = new LocalDisk(root);
  simulated = makeSimulated();
});
afterEach(async () => {
  await local.close();
  rmSync(root, { recursive: true, force: true });
});

function makeSimulated(): typeof simulated {
  const time = new VirtualTime();
  const tree = new Tree(() => 1_767_225_600_000 + time.now);
  const nobody = { creating: () => undefined, replacing: () => undefined, renaming: () => undefined, dressing: () => undefined };
  const folder = { tree, staging: new StagingArea(tree), root: 'there' as const };
  return {
    disk: new SimulatedDisk({
      folder,
      process: new OwnProcess(time),
      random: new Random('disk'),
      witness: nobody,
      onStep: () => undefined,
    }),
    tree,
    time,
  };
}

/** The answer of the simulated disk, once its time has passed. */
async function passing<T>(asked: Promise<T>): Promise<T> {
  let isOver = false;
  const answer = asked.finally(() => (isOver = true));
  await simulated.time.run(simulated.time.now + 60_000, () => isOver);
  return answer;
}

function isFolder(at: string): boolean {
  try {
    return lstatSync(at).isDirectory();
  } catch {
    return false;
  }
}

/** What somebody does to both trees; false where neither could. */
function interfere(random: Random, size: number): boolean {
  const path = random.pick(PATHS);
  const { tree } = simulated;
  const at = join(root, path);
  if (!isFolder(dirname(at))) return false;
  const there = lstatSync(at, { throwIfNoEntry: false });
  const place = tree.place(path);
  const bytes = Buffer.alloc(size, 'x');
  switch (random.pick(['write', 'mkdir', 'link', 'remove', 'chmod', 'rename'] as const)) {
    case 'write': {
      if (there !== undefined && !there.isFile()) return false;
      const node = tree.at(path);
      writeFileSync(at, bytes);
      if (node?.kind === 'file') tree.write(place, node, bytes);
      else tree.put(place, tree.newFile(bytes, null, false));
      return true;
    }
    case 'mkdir':
      if (there !== undefined) return false;
      mkdirSync(at);
      tree.put(place, tree.newFolder());
      return true;
    case 'link':
      if (there !== undefined) return false;
      symlinkSync(`to ${size}`, at);
      tree.put(place, tree.newLink(`to ${size}`, null));
      return true;
    case 'remove':
      if (there === undefined || there.isDirectory()) return false;
      unlinkSync(at);
      tree.remove(place);
      return true;
    case 'chmod': {
      const node = tree.at(path);
      if (node?.kind !== 'file') return false;
      chmodSync(at, node.executable ? 0o644 : 0o755);
      tree.setMetadata(place, node, { mtime: null, executable: !node.executable });
      return true;
    }
    case 'rename': {
      const to = random.pick(PATHS);
      if (there === undefined || to.startsWith(path) || tree.at(to) !== null) return false;
      if (!isFolder(dirname(join(root, to)))) return false;
      renameSync(at, join(root, to));
      tree.rename(place, tree.place(to));
      return true;
    }
  }
}

type Seen = readonly (Observed | null | DiskProblem)[];

/** The same action for either disk, its expectations taken from what each of them saw. */
function actionOf(random: Random, size: number): (seen: Seen) => DiskAction {
  const index = random.below(PATHS.length);
  const path = PATHS[index] as RelativePath;
  const op = random.pick(['file', 'file', 'copy', 'link', 'dir', 'metadata', 'remove', 'rename'] as const);
  const expectsNothing = random.chance(0.4);
  const to = random.pick(PATHS);
  const source = random.below(PATHS.length);
  const executable = random.chance(0.3);
  return (seen): DiskAction => {
    const before = seen[index];
    const expected: Expected =
      expectsNothing || before === null || before instanceof DiskProblem ? 'absent' : { stamp: before?.stamp ?? '' };
    const from = seen[source];
    switch (op) {
      case 'copy':
      case 'file': {
        const content =
          op === 'copy' && from instanceof Object && 'kind' in from && from.kind === 'file'
            ? { copyOf: { path: PATHS[source] as RelativePath, stamp: from.stamp }, hash: contentHash(Buffer.alloc(from.size, 'x')) }
            : { bytes: Buffer.alloc(size, 'y') };
        return { op: 'file', path, expected, content, mtime: MTIME, executable };
      }
      case 'link':
        return { op, path, expected, target: `new ${size}`, mtime: MTIME };
      case 'metadata':
        return { op, path, expected, mtime: MTIME, executable };
      case 'dir':
        return { op, path, expected };
      case 'remove':
        return { op, path, expected };
      case 'rename':
        return { op, from: path, to, expected };
    }
  };
}

/** What both disks must tell alike: not times that each clock gives, and no identities. */
function plain(observed: Observed | null | DiskProblem): unknown {
  if (observed === null) return null;
  if (observed instanceof DiskProblem) return observed.code;
  switch (observed.kind) {
    case 'file':
      return ['file', observed.size, observed.executable, observed.mtime === MTIME];
    case 'link':
      return ['link', observed.target, observed.mtime === MTIME];
    case 'dir':
    case 'special':
      return observed.kind;
  }
}

const plainResult = (result: DiskResult): unknown =>
  result.status === 'done'
    ? ['done', plain(result.observed)]
    : result.status === 'problem'
      ? ['problem', result.problem.code]
      : result.status;

describe('the simulated disk', () => {
  it(`answers as the local one does, in ${SEQUENCES} random sequences`, async () => {
    for (let sequence = 0; sequence < SEQUENCES; sequence++) {
      const random = new Random(`sequence ${sequence}`);
      let seen: { local: Seen; simulated: Seen } = { local: await local.stat(PATHS), simulated: await passing(simulated.disk.stat(PATHS)) };
      for (let step = 0; step < STEPS; step++) {
        const size = 1 + sequence * STEPS + step;
        const where = `sequence ${sequence}, step ${step}`;
        if (random.chance(0.4)) interfere(random, size);
        else {
          const action = actionOf(random, size);
          const results = [await local.apply([action(seen.local)]), await passing(simulated.disk.apply([action(seen.simulated)]))];
          expect([where, results[1]?.map(plainResult)]).toEqual([where, results[0]?.map(plainResult)]);
        }
        const now = { local: await local.stat(PATHS), simulated: await passing(simulated.disk.stat(PATHS)) };
        expect([where, now.simulated.map(plain)]).toEqual([where, now.local.map(plain)]);
        if (random.chance(0.7)) seen = now;
      }
      for (const folder of [null, ...PATHS]) {
        const [[one], [other]] = [await local.list([folder]), await passing(simulated.disk.list([folder]))];
        const names = (listing: typeof one): unknown =>
          listing === undefined || listing instanceof DiskProblem
            ? listing?.code
            : listing.entries.map(({ path, observed }) => [path, plain(observed)]).sort();
        expect(names(other)).toEqual(names(one));
        for (const [disk, listing, wait] of [
          [local, one, <T>(asked: Promise<T>) => asked],
          [simulated.disk, other, passing],
        ] as const) {
          if (listing === undefined || listing instanceof DiskProblem) continue;
          const known = knownOf(listing);
          const [same, changed] = await wait(disk.listChanged(['', 'x'].map((more) => ({ path: folder, known: known + more }))));
          expect([same, changed]).toMatchObject([{ unchanged: true, folders: foldersOf(listing) }, listing]);
        }
      }
    }
  });

  it('stages, resumes and names a large content as the local one does', async () => {
    const bytes = Buffer.alloc(300_000, 'z');
    const hash = contentHash(bytes);
    for (const [disk, wait] of [
      [local, <T>(asked: Promise<T>) => asked],
      [simulated.disk, passing],
    ] as const) {
      const first = await wait(disk.stage(hash, bytes.length));
      await wait(first.write(bytes.subarray(0, 100_000)));
      await wait(first.finish());
      const second = await wait(disk.stage(hash, bytes.length));
      expect(second.size).toBe(100_000);
      await wait(second.cutTo(60_000));
      await wait(second.write(bytes.subarray(60_000, 100_000)));
      expect(Buffer.from(await wait(second.read({ start: 50_000, size: 50_000 }))).equals(bytes.subarray(0, 50_000))).toBe(true);
      await wait(second.write(bytes.subarray(100_000)));
      await wait(second.finish());
      const action: DiskAction = {
        op: 'file',
        path: PATHS[0]!,
        expected: 'absent',
        content: { staged: hash },
        mtime: MTIME,
        executable: false,
      };
      const [result] = await wait(disk.apply([action]));
      expect(plainResult(result!)).toEqual(['done', ['file', 300_000, false, true]]);
      const stamp = (result as Extract<DiskResult, { status: 'done' }>).observed!.stamp;
      expect(await wait(disk.hash([{ path: PATHS[0]!, stamp }]))).toEqual([hash]);
      const cut = await wait(disk.chunk({ path: PATHS[0]!, stamp }));
      expect(cut).toMatchObject({ hash });
      expect(decodeManifest((cut as ChunkedContent).manifest, bytes.length)).toEqual([{ hash, size: bytes.length }]);
      const parts = await wait(disk.readParts({ path: PATHS[0]!, stamp }, [{ start: 10, size: 20 }]));
      expect((parts as Uint8Array[]).map((part) => Buffer.from(part).toString())).toEqual(['z'.repeat(20)]);
      expect(await wait(disk.readParts({ path: PATHS[0]!, stamp }, [{ start: bytes.length, size: 1 }]))).toBe('changed');
      const [again] = await wait(disk.apply([{ ...action, path: PATHS[1]! }]));
      expect(plainResult(again!)).toEqual(['problem', 'not_staged']);
    }
  });
});
