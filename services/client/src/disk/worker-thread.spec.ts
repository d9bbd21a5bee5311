import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkerDisk } from './worker-disk.ts';
import { RootLostError } from './disk.ts';
import { WorkerThread } from './worker-thread.ts';

describe('WorkerThread', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'syncpair-thread-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('rejects what waits when the thread dies, and starts another for the next request', async () => {
    let starts = 0;
    // Without its start values the thread cannot run.
    const thread = new WorkerThread(() => ((starts += 1) === 1 ? (undefined as never) : { root, identity: undefined }));
    const waiting = [thread.ask('list', [[null]]), thread.ask('identify', [])];
    for (const answer of waiting) await expect(answer).rejects.toThrow('the thread that reads and writes the folder failed');
    expect(await thread.ask('list', [[null]])).toEqual([{ entries: [], refused: [], unseen: [] }]);
    expect(starts).toBe(2);
    await thread.close();
  });

  it('answers what was asked before it was closed, and nothing after that', async () => {
    const thread = new WorkerThread(() => ({ root, identity: undefined }));
    const asked = thread.ask('list', [[null]]);
    await Promise.all([thread.close(), expect(asked).resolves.toEqual([{ entries: [], refused: [], unseen: [] }])]);
    await expect(thread.ask('list', [[null]])).rejects.toThrow('closed');
  });

  it('knows the root again that an earlier thread knew', async () => {
    const disk = new WorkerDisk(root);
    renameSync(root, `${root}-old`);
    renameSync(mkdtempSync(join(tmpdir(), 'syncpair-thread-')), root);
    await expect(disk.identify()).rejects.toBeInstanceOf(RootLostError);
    rmSync(root, { recursive: true });
    renameSync(`${root}-old`, root);
    writeFileSync(join(root, 'f'), '');
    expect(await disk.list([null])).toMatchObject([{ entries: [{ path: 'f' }] }]);
    await disk.close();
  });

  it('leaves the bytes that it was given to their owner', async () => {
    const disk = new WorkerDisk(root);
    const bytes = Buffer.from('pooled');
    await disk.apply([{ op: 'file', path: 'f' as never, expected: 'absent', content: { bytes }, mtime: 0n, executable: false }]);
    expect(bytes.toString()).toBe('pooled');
    await disk.close();
  });
});
