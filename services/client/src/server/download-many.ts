import { createHash } from 'node:crypto';
import { type BlobFetchRequestJson, type ContentHash, FrameError, ROUTES, decodeFrames } from '@syncpair/contracts';
import { type DirectoryLink, postJson } from './directory-link.ts';
import { refuseUnlessSuccess } from './read-json.ts';
import { type ReadGrant, readGrants } from './read-grants.ts';
import { ServerError } from './server-error.ts';

/** What one fetch takes. */
const MAX_GRANTS = 64;
const MAX_HASHES = 1_000;

/**
 * Contents by hash, each verified. A content that arrived with other bytes is left out while the others are good, so that one damaged
 * content never holds up the rest; asked for alone it is an error.
 */
export async function downloadMany(link: DirectoryLink, hashes: readonly ContentHash[]): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
  const found = new Map<ContentHash, Uint8Array>();
  const damaged: ContentHash[] = [];
  for (const batch of inBatches(await readGrants(link, hashes))) await fetchBatch(link, batch, found, damaged);
  if (damaged.length > 0 && found.size === 0) {
    throw new ServerError('foreign', `content ${damaged[0]} arrived with other bytes than its hash says`);
  }
  return found;
}

interface Batch {
  readonly grants: string[];
  readonly hashes: ContentHash[];
}

function inBatches(granted: readonly ReadGrant[]): Batch[] {
  const batches: Batch[] = [];
  let last: Batch | undefined;
  for (const { grant, hashes } of granted) {
    if (last === undefined || last.grants.length === MAX_GRANTS || last.hashes.length + hashes.length > MAX_HASHES) {
      last = { grants: [], hashes: [] };
      batches.push(last);
    }
    last.grants.push(grant);
    last.hashes.push(...hashes);
  }
  return batches;
}

async function fetchBatch(link: DirectoryLink, batch: Batch, found: Map<ContentHash, Uint8Array>, damaged: ContentHash[]): Promise<void> {
  const request: BlobFetchRequestJson = batch;
  const answer = await postJson(link, ROUTES.blobFetch, request);
  await refuseUnlessSuccess(answer, 'application/octet-stream');
  let at = 0;
  try {
    for await (const { hash, bytes } of decodeFrames(answer.body)) {
      if (hash !== batch.hashes[at]) throw new ServerError('foreign', 'the contents are not those that were asked for');
      at += 1;
      if (bytes === null) continue;
      if (createHash('sha256').update(bytes).digest('hex') === hash) found.set(hash, keepAlone(bytes));
      else damaged.push(hash);
    }
  } catch (error) {
    throw error instanceof FrameError ? new ServerError('foreign', `the contents came damaged: ${error.message}`) : error;
  }
  if (at < batch.hashes.length) throw new ServerError('unreachable', `the answer was cut after ${at} of ${batch.hashes.length} contents`);
}

/** A small content must not keep the whole chunk alive that it arrived in. */
const keepAlone = (bytes: Uint8Array): Uint8Array => (bytes.length * 2 < bytes.buffer.byteLength ? Uint8Array.from(bytes) : bytes);
