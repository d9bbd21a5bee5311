import type { ContentHash, RelativePath } from '@syncpair/contracts';
import { describe, expect, test } from 'vitest';
import { type ScriptFile, type ServerSide, decideScriptSync } from './decide-script-sync.ts';

const PATH = 'a.txt' as RelativePath;
const file = (content: string, modified: number): ScriptFile => ({
  hash: content as ContentHash,
  size: content.length,
  modified: BigInt(modified),
});
const onServer = (content: string, modified: number): ServerSide => ({ kind: 'file', ...file(content, modified) });
const deletedAt = (at: number): ServerSide => ({ kind: 'deleted', at: BigInt(at) });

interface Row {
  name: string;
  client?: ScriptFile;
  deleted?: number;
  lastSync?: number;
  server?: ServerSide;
  expected: Partial<Record<'upload' | 'download' | 'delete' | 'accepted', true>> & { conflict?: 'client' | 'server' };
}

const rows: Row[] = [
  { name: 'new here', client: file('x', 5), expected: { upload: true } },
  { name: 'new there', server: onServer('x', 5), expected: { download: true } },
  {
    name: 'new there, long after the last sync: absence is not deletion',
    lastSync: 9,
    server: onServer('x', 5),
    expected: { download: true },
  },
  { name: 'the same on both sides', client: file('x', 5), server: onServer('x', 9), expected: {} },
  { name: 'changed here only', client: file('y', 9), lastSync: 7, server: onServer('x', 5), expected: { upload: true } },
  { name: 'changed there only', client: file('x', 5), lastSync: 7, server: onServer('y', 9), expected: { download: true } },
  {
    name: 'changed on both sides, newer here',
    client: file('y', 9),
    lastSync: 7,
    server: onServer('x', 8),
    expected: { upload: true, conflict: 'client' },
  },
  {
    name: 'changed on both sides, newer there',
    client: file('y', 8),
    lastSync: 7,
    server: onServer('x', 9),
    expected: { download: true, conflict: 'server' },
  },
  {
    name: 'different and never synchronised',
    client: file('y', 5),
    server: onServer('x', 3),
    expected: { upload: true, conflict: 'client' },
  },
  {
    name: 'different though neither changed since',
    client: file('y', 5),
    lastSync: 9,
    server: onServer('x', 6),
    expected: { download: true, conflict: 'server' },
  },
  {
    name: 'a tie goes to the greater hash, here',
    client: file('y', 8),
    lastSync: 7,
    server: onServer('x', 8),
    expected: { upload: true, conflict: 'client' },
  },
  {
    name: 'a tie goes to the greater hash, there',
    client: file('x', 8),
    lastSync: 7,
    server: onServer('y', 8),
    expected: { download: true, conflict: 'server' },
  },
  { name: 'deleted there after it was modified here', client: file('x', 5), server: deletedAt(6), expected: { delete: true } },
  { name: 'deleted there at the very time', client: file('x', 6), server: deletedAt(6), expected: { delete: true } },
  { name: 'modified here after it was deleted there', client: file('x', 7), server: deletedAt(6), expected: { upload: true } },
  { name: 'deleted here after it was modified there', deleted: 6, server: onServer('x', 5), expected: { accepted: true } },
  { name: 'modified there after it was deleted here', deleted: 6, server: onServer('x', 7), expected: { download: true } },
  { name: 'deleted on both sides', deleted: 6, server: deletedAt(5), expected: {} },
  { name: 'deleted here, never there', deleted: 6, expected: {} },
  {
    name: 'deleted here and made again: it is here',
    client: file('y', 9),
    deleted: 6,
    lastSync: 7,
    server: onServer('x', 5),
    expected: { upload: true },
  },
  { name: 'a folder there is not spoken of', client: file('x', 5), server: { kind: 'other' }, expected: {} },
  { name: 'a folder there is not deleted by a file', deleted: 6, server: { kind: 'other' }, expected: {} },
];

describe('decideScriptSync', () => {
  test.each(rows)('$name', ({ client, deleted, lastSync, server, expected }) => {
    const decision = decideScriptSync(
      {
        files: new Map(client === undefined ? [] : [[PATH, client]]),
        deleted: new Map(deleted === undefined ? [] : [[PATH, BigInt(deleted)]]),
        lastSync: lastSync === undefined ? null : BigInt(lastSync),
      },
      new Map(server === undefined ? [] : [[PATH, server]]),
    );
    expect({
      upload: decision.upload.length,
      download: decision.download.length,
      delete: decision.delete.length,
      accepted: decision.accepted.length,
      conflict: decision.conflicts[0]?.winner,
    }).toEqual({
      upload: expected.upload ? 1 : 0,
      download: expected.download ? 1 : 0,
      delete: expected.delete ? 1 : 0,
      accepted: expected.accepted ? 1 : 0,
      conflict: expected.conflict,
    });
  });

  test('lists are in the order of paths', () => {
    const files = new Map(['c', 'a', 'b'].map((path) => [path as RelativePath, file('x', 1)]));
    expect(decideScriptSync({ files, deleted: new Map(), lastSync: null }, new Map()).upload).toEqual(['a', 'b', 'c']);
  });
});
