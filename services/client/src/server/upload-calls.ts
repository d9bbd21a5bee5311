import {
  type ContentHash,
  GRANT_HEADER,
  ROUTES,
  blobManifestPath,
  encodeBatchPreamble,
  encodeFrameHeader,
  receiptResponseSchema,
} from '@syncpair/contracts';
import { type DirectoryLink, checked, open } from './directory-link.ts';
import type { HttpRequest } from './open-request.ts';
import { paced } from './paced.ts';
import { readJson } from './read-json.ts';

const OCTETS = 'application/octet-stream';

export function uploadMany(
  link: DirectoryLink,
  grants: readonly string[],
  contents: readonly { readonly hash: ContentHash; readonly bytes: Uint8Array }[],
): Promise<string> {
  const parts = [encodeBatchPreamble(grants), ...contents.flatMap(({ hash, bytes }) => [encodeFrameHeader(hash, bytes.length), bytes])];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return receipt(link, {
    method: 'POST',
    path: ROUTES.blobBatch,
    body: { stream: paced(link, 'upload', inOrder(parts)), length, contentType: OCTETS },
  });
}

export function uploadOne(
  link: DirectoryLink,
  grant: string,
  hash: ContentHash,
  size: number,
  bytes: AsyncIterable<Uint8Array>,
): Promise<string> {
  return receipt(link, {
    method: 'PUT',
    path: `${ROUTES.blobs}/${hash}`,
    headers: { [GRANT_HEADER]: grant },
    body: { stream: paced(link, 'upload', bytes), length: size, contentType: OCTETS },
  });
}

export function putManifest(
  link: DirectoryLink,
  grant: string,
  { hash, manifest }: { readonly hash: ContentHash; readonly manifest: Uint8Array },
  proofs: readonly string[],
): Promise<string> {
  return receipt(link, {
    method: 'PUT',
    path: blobManifestPath(hash),
    headers: { [GRANT_HEADER]: grant },
    body: { bytes: Buffer.concat([encodeBatchPreamble(proofs), manifest]), contentType: OCTETS },
  });
}

async function receipt(link: DirectoryLink, request: HttpRequest): Promise<string> {
  return checked(await readJson(await open(link, request)), receiptResponseSchema, 'the answer to an upload').receipt;
}

/** Bytes that are gathered for one write, and from which a part goes as it is. */
const GATHERED_BYTES = 64 * 1024;

/** Small parts are joined, so that a thousand frames are no two thousand writes. */
async function* inOrder(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  let joined: Uint8Array[] = [];
  let length = 0;
  for (const part of parts) {
    const isLarge = part.length >= GATHERED_BYTES;
    if (!isLarge) {
      joined.push(part);
      length += part.length;
    }
    if (length > 0 && (isLarge || length >= GATHERED_BYTES)) {
      yield Buffer.concat(joined, length);
      [joined, length] = [[], 0];
    }
    if (isLarge) yield part;
  }
  if (length > 0) yield Buffer.concat(joined, length);
}
