import { hash as digest } from 'node:crypto';
import { type BlobFetchRequestJson, type ContentHash, type Frame, FrameError, ROUTES, decodeFrames } from '@syncpair/contracts';
import { beginDownload } from './begin-download.ts';
import { type DirectoryLink, postJson } from './directory-link.ts';
import { paced } from './paced.ts';
import { readGrants } from './read-grants.ts';
import { refuseUnlessSuccess } from './read-json.ts';
import { ServerError } from './server-error.ts';

/** What one fetch takes. */
const MAX_GRANTS = 64;
const MAX_HASHES = 1_000;

/** Each content as it arrives and one at a time, verified; its bytes are there until the next one is asked for. */
export const downloadInOrder = (link: DirectoryLink, hashes: readonly ContentHash[]): AsyncGenerator<Frame> =>
  link.bandwidth === undefined ? downloadAll(link, hashes) : downloadInTurn(link, hashes);

async function* downloadInTurn(link: DirectoryLink, hashes: readonly ContentHash[]): AsyncGenerator<Frame> {
  const end = await beginDownload(link, 'large');
  try {
    yield* downloadAll(link, hashes);
  } finally {
    end();
  }
}

async function* downloadAll(link: DirectoryLink, hashes: readonly ContentHash[]): AsyncGenerator<Frame> {
  const granted = await readGrants(link, hashes);
  const grantOf = new Map(granted.flatMap(({ grant, hashes: covered }) => covered.map((hash) => [hash, grant] as const)));
  for (let at = 0; at < hashes.length;) {
    const hash = hashes[at] as ContentHash;
    if (!grantOf.has(hash)) {
      at += 1;
      yield { hash, bytes: null };
      continue;
    }
    const request = nextFetch(hashes.slice(at, at + MAX_HASHES), grantOf);
    at += request.hashes.length;
    yield* fetchInOrder(link, { ...request, verified_by: 'receiver' });
  }
}

/** As many of the first contents as one fetch takes. */
function nextFetch(hashes: readonly ContentHash[], grantOf: ReadonlyMap<ContentHash, string>): BlobFetchRequestJson {
  const grants = new Set<string>();
  const asked: ContentHash[] = [];
  for (const hash of hashes) {
    const grant = grantOf.get(hash);
    if (grant === undefined || (grants.size === MAX_GRANTS && !grants.has(grant))) break;
    grants.add(grant);
    asked.push(hash);
  }
  return { grants: [...grants], hashes: asked };
}

/** Other bytes than the hash says are asked for once more, verified by the server: it may have them elsewhere. */
async function* fetchInOrder(link: DirectoryLink, request: BlobFetchRequestJson): AsyncGenerator<Frame> {
  const answer = await postJson(link, ROUTES.blobFetch, request);
  await refuseUnlessSuccess(answer, 'application/octet-stream');
  const all = request.hashes.length;
  let at = 0;
  try {
    for await (const { hash, bytes } of decodeFrames(paced(link, 'download', answer.body), 'until the next')) {
      if (hash !== request.hashes[at]) throw new FrameError('they are not those that were asked for');
      at += 1;
      if (bytes === null || digest('sha256', bytes) === hash) yield { hash, bytes };
      else if (request.verified_by === 'receiver') yield* fetchInOrder(link, { grants: request.grants, hashes: [hash] });
      else yield { hash, bytes: null };
    }
  } catch (error) {
    if (error instanceof FrameError) throw new ServerError('foreign', `the contents came damaged: ${error.message}`);
    throw error;
  }
  if (at < all) throw new ServerError('unreachable', `the answer was cut after ${at} of ${all} contents`);
}
