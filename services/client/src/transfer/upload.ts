import { hash as digest } from 'node:crypto';
import { type ContentHash, MAX_FRAME_BYTES } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { Proposal } from '../negotiate/record-outcome.ts';
import { uploadLarge } from './upload-large.ts';

/** Bytes of small contents in one upload. */
const MOST_BYTES_PER_UPLOAD = 8 * 1024 * 1024;

/** A file whose content must be uploaded. */
export interface Upload {
  readonly proposal: Proposal;
  readonly hash: ContentHash;
  readonly size: number;
}

/** A grant and the contents it is for, as an answer to `negotiate` lists them. */
export type Grants = readonly { readonly hashes: readonly ContentHash[]; readonly grant: string }[];

export interface Uploaded {
  readonly receipts: readonly string[];
  /** Those whose content is on the server now. */
  readonly proposals: readonly Proposal[];
  /** Those whose file was not what it had been any more. */
  readonly changed: readonly Proposal[];
}

/** Larger contents travel alone. */
export const MAX_SMALL_BYTES = MAX_FRAME_BYTES;
export const isLarge = (size: number): boolean => size > MAX_SMALL_BYTES;

/**
 * Uploads the contents of files: small ones many to a request, each large one by itself. A file that changed since it was hashed
 * is left out; the content under its old hash no longer exists here.
 *
 * @throws {ServerError}
 */
export async function upload(engine: Engine, uploads: readonly Upload[], grants: Grants): Promise<Uploaded> {
  const grantOf = new Map(grants.flatMap(({ hashes, grant }) => hashes.map((hash) => [hash, grant] as const)));
  const grantedAt = engine.clock.monotonic();
  const receipts: string[] = [];
  const proposals: Proposal[] = [];
  const changed: Proposal[] = [];
  for (const batch of batches(uploads.filter(({ size }) => !isLarge(size)))) {
    const contents = await readSmall(engine, batch, changed);
    if (contents.size > 0) {
      const needed = new Set([...contents.keys()].flatMap((hash) => grantOf.get(hash) ?? []));
      receipts.push(
        await engine.server.uploadMany(
          [...needed],
          [...contents].map(([hash, bytes]) => ({ hash, bytes })),
        ),
      );
    }
    proposals.push(...batch.filter(({ hash }) => contents.has(hash)).map(({ proposal }) => proposal));
  }
  for (const { proposal, hash, size } of uploads.filter((one) => isLarge(one.size))) {
    const { change, put } = proposal;
    if (change.op !== 'put' || put === null) continue;
    const file = { path: change.path, stamp: put.stamp };
    const sent = await uploadLarge(engine, { file, hash, size, grant: grantOf.get(hash) ?? '', grantedAt });
    if (sent === null) changed.push(proposal);
    else proposals.push(proposal);
    if (sent !== null && sent.receipt !== null) receipts.push(sent.receipt);
  }
  return { receipts, proposals, changed };
}

function* batches(uploads: readonly Upload[]): Generator<Upload[]> {
  let batch: Upload[] = [];
  let bytes = 0;
  for (const one of uploads) {
    if (batch.length > 0 && bytes + one.size > MOST_BYTES_PER_UPLOAD) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(one);
    bytes += one.size;
  }
  if (batch.length > 0) yield batch;
}

/** The contents of small files by hash, each once. */
export async function readSmall(engine: Engine, uploads: readonly Upload[], changed: Proposal[]): Promise<Map<ContentHash, Uint8Array>> {
  const wanted = new Map<ContentHash, Upload>();
  for (const one of uploads) if (!wanted.has(one.hash)) wanted.set(one.hash, one);
  const list = [...wanted.values()];
  const read = await engine.disk.read(
    list.flatMap(({ proposal: { change, put } }) => (change.op === 'put' && put !== null ? [{ path: change.path, stamp: put.stamp }] : [])),
  );
  const contents = new Map<ContentHash, Uint8Array>();
  for (const [index, one] of list.entries()) {
    const bytes = read[index];
    // A file that was written through a mapping has other bytes under the same stamp; the server would refuse all that travels with them.
    if (bytes instanceof Uint8Array && digest('sha256', bytes) === one.hash) contents.set(one.hash, bytes);
  }
  for (const one of uploads) if (!contents.has(one.hash)) changed.push(one.proposal);
  return contents;
}
