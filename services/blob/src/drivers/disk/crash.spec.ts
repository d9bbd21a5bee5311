import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../blobs/blob-store.conformance.ts';
import type { StoredBlob } from '../../blobs/blob-store.ts';
import { openDiskBlobStore } from './open-disk-blob-store.ts';

const script = join(import.meta.dirname, 'crash.scenario.ts');
const traceable = spawnSync('strace', ['-f', '-qq', '-e', 'trace=none', 'true']).status === 0;

/** Where the process is killed: at the entry of the Nth call of a kind. */
const KILLS = [
  ['mkdir', [4, 8]],
  ['rename', [1, 4]],
  ['fsync', [7, 30]],
  ['fdatasync', [1, 9]],
  ['pwrite64', [2, 5]],
] as const;

describe.skipIf(!traceable)('I11: the disk store, killed in the middle of a system call', () => {
  it.each(KILLS.flatMap(([call, turns]) => turns.map((turn) => [call, turn] as const)))('%s number %i (R33)', async (call, turn) => {
    const folder = await mkdtemp(join(tmpdir(), 'blob-crash-'));
    try {
      const inject = `inject=${call}:signal=SIGKILL:when=${turn}`;
      const run = spawnSync('strace', ['-f', '-qq', '-e', `trace=${call}`, '-e', inject, process.execPath, script, folder], {
        encoding: 'utf8',
        // One thread makes the count of calls the process's own.
        env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
      });
      expect(run.signal ?? `exit ${run.status}`).toBe('SIGKILL');
      const acknowledged = run.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as StoredBlob);

      const store = await openDiskBlobStore(folder);
      for (const blob of acknowledged) expect(await store.stat(blob)).toEqual(blob);
      for await (const blob of store.list()) {
        const opened = await store.open(blob);
        expect(opened && hashOf(Buffer.concat(await opened.body.toArray()))).toBe(blob.hash);
      }
      expect((await store.putMany(one(Buffer.from('afterwards')))).length).toBe(1);
      await store.close();
      expect((await readdir(join(folder, 'tmp'))).length).toBeLessThanOrEqual(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

async function* one(bytes: Buffer): AsyncGenerator<{ hash: ReturnType<typeof hashOf>; bytes: Buffer }> {
  yield { hash: hashOf(bytes), bytes };
}
