import { hash as digest } from 'node:crypto';
import { type BlobFetchRequestJson, type ContentHash, ERROR_CODES, FrameError, ROUTES, decodeFrames } from '@syncpair/contracts';
import { beginDownload } from './begin-download.ts';
import { type DirectoryLink, postJson } from './directory-link.ts';
import { paced } from './paced.ts';
import { readError, refuseUnlessSuccess } from './read-json.ts';
import { type ReadGrant, readGrants } from './read-grants.ts';
import { ServerError } from './server-error.ts';

/** What one fetch takes. */
const MAX_GRANTS = 64;
const MAX_HASHES = 1_000;

/** Failures one after another, without a content between them, after which the connection is at fault and no content. */
const MAX_FRUITLESS = 12;

/**
 * Contents by hash, each verified. One that arrived with other bytes is left out, and one at which the answer breaks off is searched for by
 * halves and left out as well: what the server cannot read never holds up the rest.
 */
export async function downloadMany(link: DirectoryLink, hashes: readonly ContentHash[]): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
  const end = await beginDownload(link, 'small');
  try {
    return await downloadAll(link, hashes);
  } finally {
    end();
  }
}

async function downloadAll(link: DirectoryLink, hashes: readonly ContentHash[]): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
  const found = new Map<ContentHash, Uint8Array>();
  const batches = inBatches(await readGrants(link, hashes));
  let fruitless = 0;
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    const before = found.size;
    const failure = await fetchBatch(link, batch, found);
    if (failure === null || found.size > before) fruitless = 0;
    else fruitless += 1;
    if (failure === null) continue;
    batches.unshift(...halves(batch, found));
    const nothingArrives = batches.length === 0 && found.size === 0 && failure.code === 'unreachable';
    if (fruitless > MAX_FRUITLESS || nothingArrives) throw failure;
  }
  return found;
}

interface Batch {
  readonly grants: string[];
  readonly hashes: ContentHash[];
}

/** What is still missing of a batch, in two; nothing when the batch was of one content only. */
function halves({ grants, hashes }: Batch, found: ReadonlyMap<ContentHash, Uint8Array>): Batch[] {
  if (hashes.length === 1) return [];
  const missing = hashes.filter((hash) => !found.has(hash));
  const middle = Math.ceil(missing.length / 2);
  return [missing.slice(0, middle), missing.slice(middle)].filter((half) => half.length > 0).map((half) => ({ grants, hashes: half }));
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

/**
 * Adds what arrives to `found`. Returns the failure when the server took the request and could not answer it completely.
 *
 * @throws {ServerError} every other failure
 */
async function fetchBatch(link: DirectoryLink, batch: Batch, found: Map<ContentHash, Uint8Array>): Promise<ServerError | null> {
  const request: BlobFetchRequestJson = batch;
  const answer = await postJson(link, ROUTES.blobFetch, request);
  if (answer.status === ERROR_CODES.internal.status) {
    const error = await readError(answer);
    if (error.code === 'internal') return error;
    throw error;
  }
  await refuseUnlessSuccess(answer, 'application/octet-stream');
  let at = 0;
  try {
    for await (const { hash, bytes } of decodeFrames(paced(link, 'download', answer.body))) {
      if (hash !== batch.hashes[at]) throw new FrameError('they are not those that were asked for');
      at += 1;
      if (bytes !== null && digest('sha256', bytes) === hash) found.set(hash, bytes);
    }
  } catch (error) {
    if (error instanceof FrameError) return new ServerError('foreign', `the contents came damaged: ${error.message}`);
    if (error instanceof ServerError) return error;
    throw error;
  }
  const all = batch.hashes.length;
  return at === all ? null : new ServerError('unreachable', `the answer was cut after ${at} of ${all} contents`);
}
