import { hash } from 'node:crypto';
import type { ContentHash, FileEntry, RelativePath } from '@syncpair/contracts';
import { expect, it } from 'vitest';
import type { Engine } from '../daemon/engine.ts';
import { type Upload, upload } from './upload.ts';

const sha256 = (bytes: Uint8Array): ContentHash => hash('sha256', bytes) as ContentHash;

/** A file that is to be sent, as it was when it was hashed. */
function proposed(name: string, bytes: Uint8Array): Upload {
  const path = name as RelativePath;
  const entry: FileEntry = { kind: 'file', hash: sha256(bytes), size: bytes.length, mtime: 1n, executable: false };
  const change = { op: 'put', id: name, path, base: null, entry } as const;
  return { proposal: { change, put: { entry, stamp: name, inode: 1n } }, hash: entry.hash, size: entry.size };
}

it('gives up a small file that was written through a mapping, under the same stamp, and sends the others (R39)', async () => {
  const onDisk = new Map([
    ['mapped', Buffer.from('after!')],
    ['well', Buffer.from('well')],
  ]);
  const sent: ContentHash[][] = [];
  const engine = {
    disk: { read: (files: readonly { path: string }[]) => Promise.resolve(files.map(({ path }) => onDisk.get(path))) },
    server: {
      uploadMany: (_grants: readonly string[], contents: readonly { hash: ContentHash }[]) => {
        sent.push(contents.map((content) => content.hash));
        return Promise.resolve('receipt');
      },
    },
  } as unknown as Engine;
  const uploads = [proposed('mapped', Buffer.from('before')), proposed('well', Buffer.from('well'))];
  const grants = uploads.map((one) => ({ hashes: [one.hash], grant: `write ${one.hash}` }));
  const { receipts, proposals, changed } = await upload(engine, uploads, grants);
  expect([receipts, sent]).toEqual([['receipt'], [[sha256(Buffer.from('well'))]]]);
  expect([proposals, changed].map((each) => each.map(({ change }) => change.id))).toEqual([['well'], ['mapped']]);
});
