import type { FileEntry, RelativePath } from '@syncpair/contracts';
import { expect, it } from 'vitest';
import type { Engine } from '../daemon/engine.ts';
import { sha256, useTransferWorld } from './fixtures/transfer-world.ts';
import { type Upload, upload } from './upload.ts';

const world = useTransferWorld();

/** A file that is to be sent, as it was when it was hashed. */
async function proposed(name: string, bytes: Uint8Array): Promise<Upload> {
  const { path, stamp } = await world().expected(name);
  const entry: FileEntry = { kind: 'file', hash: sha256(bytes), size: bytes.length, mtime: 1n, executable: false };
  const change = { op: 'put', id: name, path: path as RelativePath, base: null, entry } as const;
  return { proposal: { change, put: { entry, stamp, inode: 1n } }, hash: entry.hash, size: entry.size };
}

it('gives up a small file that was written through a mapping, under the same stamp, and sends the others (R39)', async () => {
  const [well, before] = [Buffer.from('well'), Buffer.from('before')];
  await world().write('well', well);
  await world().write('mapped', Buffer.from('after!'));
  const uploads = [await proposed('mapped', before), await proposed('well', well)];
  const grants = uploads.map(({ hash }) => ({ hashes: [hash], grant: `write ${hash}` }));
  const { receipts, proposals, changed } = await upload(world().parts as Engine, uploads, grants);
  expect(receipts).toEqual([`receipt ${sha256(well)}`]);
  expect(world().server.sent).toEqual([sha256(well)]);
  expect([proposals, changed].map((each) => each.map(({ change }) => change.id))).toEqual([['well'], ['mapped']]);
});
