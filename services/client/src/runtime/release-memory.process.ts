import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RelativePath, VersionId } from '@syncpair/contracts';
import { State } from '../state/state.ts';
import { releaseMemory } from './release-memory.ts';

/** Prints, in MiB, what each way of giving memory back gives back. */
const MIB = 1024 * 1024;
/** Larger than what SQLite may keep of a state. */
const ENTRIES = 30_000;

/** As long as names may be, so that few are enough. */
const pathOf = (index: number): RelativePath => `folder/${String(index).padEnd(200, '.')}x` as RelativePath;

const resident = (): number => process.memoryUsage.rss() / MIB;

/** Held blocks with freed ones between them. */
function leaveHoles(): Buffer[] {
  const blocks = Array.from({ length: 20_000 }, () => Buffer.allocUnsafeSlow(8_000).fill(1));
  return blocks.filter((_, index) => index % 50 === 0);
}

const held = leaveHoles();
const full = resident();
releaseMemory();
const holes = full - resident();

const folder = mkdtempSync(join(tmpdir(), 'syncpair-release-'));
const { state } = State.open(folder);
state.transaction(() => {
  for (let index = 0; index < ENTRIES; index += 1)
    state.base.put({
      ...{ path: pathOf(index), version: `1-${index}` as VersionId, held: false, stamp: null, inode: BigInt(index) },
      state: { kind: 'dir' },
    });
});
for (let index = 0; index < ENTRIES; index += 1) state.base.get(pathOf(index));
releaseMemory();
const before = resident();
state.releaseMemory();
releaseMemory();
const pages = before - resident();
state.close();
state.releaseMemory();
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify({ held: held.length, holes, pages }));
