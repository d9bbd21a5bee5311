import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContentHash, RelativePath } from '@syncpair/contracts';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Disk, DiskAction, DiskResult, Listing } from '../disk.ts';
import { DiskProblem } from '../disk.ts';
import type { Observed, ObservedFile } from '../observed.ts';

export type MakeDisk = (root: string) => Disk;

/** A root of its own for each test, with a folder outside of it that nothing may reach. */
export interface World {
  readonly base: string;
  readonly root: string;
  readonly outside: string;
  readonly disk: Disk;
  at(path: string): string;
}

export const MTIME = 1_700_000_000_000_000_000n;

export const path = (text: string): RelativePath => text as RelativePath;

export const sha256 = (content: string | Uint8Array): ContentHash => createHash('sha256').update(content).digest('hex') as ContentHash;

/** The world of the running test; call once in a describe block. */
export function useWorld(make: MakeDisk): () => World {
  let world: World;
  beforeEach(() => {
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-disk-')));
    const root = join(base, 'root');
    const outside = join(base, 'outside');
    mkdirSync(root);
    mkdirSync(outside);
    world = { base, root, outside, disk: make(root), at: (below) => join(root, below) };
  });
  afterEach(async () => {
    await world.disk.close();
    // Node's own removal does not reach paths that are longer than PATH_MAX.
    execFileSync('rm', ['-rf', world.base]);
  });
  return () => world;
}

/** Puts a file with these bytes; what it is expected to replace is `absent` unless told. */
export function file(name: string, content: string | Uint8Array, more: Partial<Extract<DiskAction, { op: 'file' }>> = {}): DiskAction {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return { op: 'file', path: path(name), expected: 'absent', content: { bytes }, mtime: MTIME, executable: false, ...more };
}

export async function observed(disk: Disk, name: string): Promise<Observed> {
  const [found] = await disk.stat([path(name)]);
  if (found === null || found === undefined || found instanceof DiskProblem) throw new Error(`${name}: ${JSON.stringify(found)}`);
  return found;
}

export async function observedFile(disk: Disk, name: string): Promise<ObservedFile> {
  const found = await observed(disk, name);
  if (found.kind !== 'file') throw new Error(`${name} is a ${found.kind}`);
  return found;
}

export const stampOf = async (disk: Disk, name: string): Promise<{ stamp: string }> => ({ stamp: (await observed(disk, name)).stamp });

/** Applies one action. */
export async function act(disk: Disk, action: DiskAction): Promise<DiskResult> {
  const [result] = await disk.apply([action]);
  if (result === undefined) throw new Error('no result');
  return result;
}

export async function listing(disk: Disk, folder: string | null): Promise<Listing> {
  const [answer] = await disk.list([folder === null ? null : path(folder)]);
  if (answer === undefined || answer instanceof DiskProblem) throw new Error(JSON.stringify(answer));
  return answer;
}

/** What is left in SyncPair's own folders. */
export function debris({ at }: World): string[] {
  const names = (folder: string): string[] => {
    try {
      return readdirSync(at(folder));
    } catch {
      return [];
    }
  };
  return [...names('.syncpair_staging'), ...names('.syncpair_trash')];
}

export function expectDone(results: readonly DiskResult[]): void {
  expect(results.filter(({ status }) => status !== 'done')).toEqual([]);
}

/** All bytes of a stream. */
export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
