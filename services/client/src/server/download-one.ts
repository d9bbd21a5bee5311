import { Readable } from 'node:stream';
import { type ContentHash, GRANT_HEADER, ROUTES } from '@syncpair/contracts';
import { beginDownload } from './begin-download.ts';
import { type DirectoryLink, open } from './directory-link.ts';
import type { Answer } from './open-request.ts';
import { paced } from './paced.ts';
import { readError, refuseUnlessSuccess } from './read-json.ts';
import { readGrants } from './read-grants.ts';
import { ServerError } from './server-error.ts';

/** Bytes beyond the content's end are none: more than that lies here cannot be right, and its hash will tell. */
export async function downloadOne(link: DirectoryLink, hash: ContentHash, start: number): Promise<AsyncIterable<Uint8Array> | null> {
  if (link.bandwidth === undefined) return openContent(link, hash, start);
  const end = await beginDownload(link, 'large');
  let bytes: AsyncIterable<Uint8Array> | null = null;
  try {
    bytes = await openContent(link, hash, start);
  } finally {
    if (bytes === null) end();
  }
  return bytes === null ? null : ending(bytes, end);
}

/** Bytes that nobody begins to read are never ended, as their request is not. */
async function* ending(bytes: AsyncIterable<Uint8Array>, end: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } finally {
    end();
  }
}

async function openContent(link: DirectoryLink, hash: ContentHash, start: number): Promise<AsyncIterable<Uint8Array> | null> {
  const [granted] = await readGrants(link, [hash]);
  if (granted === undefined) return null;
  const answer = await open(link, {
    method: 'GET',
    path: `${ROUTES.blobs}/${hash}`,
    headers: {
      [GRANT_HEADER]: granted.grant,
      // A range counts bytes of what travels, so they must be those of the content.
      'accept-encoding': 'identity',
      ...(start > 0 ? { range: `bytes=${start}-` } : {}),
    },
  });
  if (answer.status === 404) return missing(answer);
  if (answer.status === 416) return nothing(answer);
  await refuseUnlessSuccess(answer, 'application/octet-stream');
  const bytes = paced(link, 'download', answer.body);
  if (answer.status === 206) {
    refuseOtherRange(answer, start);
    return bytes;
  }
  return start === 0 ? bytes : without(bytes, start);
}

/** Null only when it is SyncPair that says so; a proxy's 404 says nothing of the content. */
async function missing(answer: Answer): Promise<null> {
  const error = await readError(answer);
  if (error.code === 'not_found') return null;
  throw error;
}

/** No bytes, when it is SyncPair that says that the content ends before. */
async function nothing(answer: Answer): Promise<AsyncIterable<Uint8Array>> {
  const error = await readError(answer);
  if (error.code === 'range_not_satisfiable') return Readable.from([]);
  throw error;
}

function refuseOtherRange(answer: Answer, start: number): void {
  const stated = String(answer.headers['content-range'] ?? '');
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(stated) ?? [];
  if (Number(first) === start && Number(last) + 1 === Number(total)) return;
  answer.discard();
  throw new ServerError('foreign', `asked for the bytes from ${start} on, the server sent "${stated}"`);
}

/** What follows the first `count` bytes, from a server that sends all whatever is asked. */
async function* without(bytes: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let skip = count;
  for await (const chunk of bytes) {
    if (skip < chunk.length) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}
