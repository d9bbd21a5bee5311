/** Run by the disk store's test with a folder on a disk of 3 MiB; prints what happened, as JSON. */
import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { type ContentHash, DomainError } from '@syncpair/contracts';
import { openDiskBlobStore } from './open-disk-blob-store.ts';

const folder = process.argv[2] as string;
const store = await openDiskBlobStore(folder);
const hashOf = (bytes: Uint8Array): ContentHash => createHash('sha256').update(bytes).digest('hex') as ContentHash;
const small = (text: string): { hash: ContentHash; bytes: Buffer } => ({ hash: hashOf(Buffer.from(text)), bytes: Buffer.from(text) });

async function* sequence<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
const attempt = async (action: () => Promise<unknown>): Promise<string> => {
  try {
    await action();
    return 'stored';
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
};
const put = (bytes: Buffer): Promise<unknown> => store.put({ hash: hashOf(bytes), maxBytes: 1e9 }, Readable.from([bytes]));
const textOf = async (text: string): Promise<string | undefined> => (await (await store.open(small(text)))?.body.toArray())?.join('');

await put(Buffer.from('before'));
await store.putMany(sequence([small('packed before')]));
const ballast = join(folder, 'ballast');
await writeFile(ballast, randomBytes(1_500_000));
const large = await attempt(() => put(randomBytes(2_000_000)));
const pieces = Array.from({ length: 8 }, () => randomBytes(300_000)).map((bytes) => ({ hash: hashOf(bytes), bytes }));
const many = await attempt(() => store.putMany(sequence(pieces)));
const temporary = await readdir(join(folder, 'tmp'));
const [before, packedBefore] = [await textOf('before'), await textOf('packed before')];
await rm(ballast);
const afterwards = await attempt(() => put(Buffer.from('afterwards')));
const packedAfterwards = await attempt(() => store.putMany(sequence([small('packed afterwards')])));
let contents = 0;
for (const text of ['before', 'packed before', 'afterwards', 'packed afterwards']) contents += (await textOf(text)) === text ? 1 : 0;
await store.close();
console.log(JSON.stringify({ large, many, temporary, before, packedBefore, afterwards, packedAfterwards, contents }));
