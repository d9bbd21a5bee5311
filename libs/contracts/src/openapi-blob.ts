import { z } from 'zod';
import { blobFetchRequestSchema, publicKeysSchema, receiptResponseSchema } from './grant.ts';
import type { RouteDescription } from './route-description.ts';
import { GRANT_HEADER, ROUTES } from './routes.ts';

const tag = 'contents';
const bytes = 'application/octet-stream';
const grantHeader = { [GRANT_HEADER]: 'A grant of the metadata service that names this content.' };
const rangeHeaders = { range: 'One range of bytes.', 'if-range': 'The range counts only when this is the ETag.' };

/** `GET /blobs/health`. */
export const blobHealthSchema = z.object({ status: z.literal('ok'), store: z.string() });

/** The routes of the blob service. They stand here because metadata serves one document for both services. */
export const BLOB_ROUTES: readonly RouteDescription[] = [
  {
    method: 'PUT',
    path: `${ROUTES.blobs}/{hash}`,
    summary: 'Stores one content under its SHA-256.',
    description:
      'The body is verified while it streams; nothing is stored when it does not match. Contents that exist already are verified all the same, since the answer proves possession.',
    tag,
    auth: 'grant',
    headers: grantHeader,
    request: { contentType: bytes, description: 'The content.' },
    responses: { 201: { description: 'It is durable.', schema: receiptResponseSchema } },
  },
  {
    method: 'GET',
    path: `${ROUTES.blobs}/{hash}`,
    summary: 'The bytes of one content.',
    tag,
    auth: 'grant',
    headers: { ...grantHeader, ...rangeHeaders },
    responses: {
      200: { description: 'All bytes; the ETag is the hash.', contentType: bytes },
      206: { description: 'The range that was asked for.', contentType: bytes },
      304: { description: 'The caller has it: `If-None-Match` named the hash.' },
    },
  },
  {
    method: 'HEAD',
    path: `${ROUTES.blobs}/{hash}`,
    summary: 'Size of one content, without its bytes.',
    tag,
    auth: 'grant',
    headers: grantHeader,
    responses: { 200: { description: 'It is here; `Content-Length` is its size.' } },
  },
  {
    method: 'PUT',
    path: `${ROUTES.blobs}/{hash}/manifest`,
    summary: 'Puts one content together from chunks that are here.',
    description:
      'The body is a preamble (4-byte big-endian length, then read grants and receipts that together cover every chunk, one a line; a read grant of a content that lies in chunks covers these) and the manifest: 36 bytes a chunk, its SHA-256 and its size as 4 bytes, big-endian. The chunks are read once and the SHA-256 of the whole is verified before the answer. A content of at most 1 MiB is refused: it travels whole.',
    tag,
    auth: 'grant',
    headers: { [GRANT_HEADER]: 'A write grant of the metadata service that names the whole content.' },
    request: { contentType: bytes, description: 'Preamble and manifest.' },
    responses: { 201: { description: 'It is durable.', schema: receiptResponseSchema } },
  },
  {
    method: 'POST',
    path: ROUTES.blobBatch,
    summary: 'Stores many small contents with one durable step.',
    description:
      'The body is a preamble (4-byte big-endian length, then write grants, one a line; length 0 when the grant stands in the header) and frames: 32 bytes of SHA-256, a 4-byte big-endian length, the bytes. At most 1,000 frames of 1 MiB, 16 MiB together. All or nothing is acknowledged.',
    tag,
    auth: 'grant',
    request: { contentType: bytes, description: 'Preamble and frames.' },
    responses: { 201: { description: 'All are durable.', schema: receiptResponseSchema } },
  },
  {
    method: 'POST',
    path: ROUTES.blobFetch,
    summary: 'Many small contents in one answer.',
    description:
      'Frames in the order of the request. A content that is missing, or larger than 1 MiB, has the length 0xffffffff and no bytes. So has one that is damaged, unless it is verified_by its receiver.',
    tag,
    auth: 'grant',
    request: { schema: blobFetchRequestSchema },
    responses: { 200: { description: 'Frames.', contentType: bytes } },
  },
  {
    method: 'GET',
    path: ROUTES.receiptKeys,
    summary: 'Public keys that verify receipts.',
    tag,
    auth: 'none',
    responses: { 200: { description: 'Keys, the newest first.', schema: publicKeysSchema } },
  },
  {
    method: 'GET',
    path: ROUTES.blobHealth,
    summary: 'Whether the storage can be written.',
    tag: 'health',
    auth: 'none',
    responses: { 200: { description: 'It can.', schema: blobHealthSchema } },
  },
];
