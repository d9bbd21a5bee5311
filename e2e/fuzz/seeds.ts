import { createHash } from 'node:crypto';
import { ROUTES } from '@syncpair/contracts';

/** A request that the server understands; the start of many that it should not. */
export interface SeedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const text = 'a content';
const hash = createHash('sha256').update(text).digest('hex');
const device = '0123456789abcdef0123456789abcdef';
const of = { client_id: 'fuzz', directory: 'fuzz', shared: true };
const ofQuery = { client_id: 'fuzz', directory: 'fuzz', shared: 'true' };
const daemon = { protocol: 1, ...of, device };
const modified = '2026-01-02T03:04:05Z';
const file = { kind: 'file', hash, size: text.length, mtime: '1767225600000000000', executable: false };

const call = (method: string, path: string, parts: { query?: Record<string, string>; body?: unknown } = {}): SeedRequest => ({
  method,
  path,
  query: parts.query ?? {},
  body: parts.body,
});

/** One for each kind of call that the server answers, both services. */
export const SEED_REQUESTS: readonly SeedRequest[] = [
  call('GET', ROUTES.health),
  call('GET', ROUTES.openapi),
  call('GET', ROUTES.grantKeys),
  call('GET', ROUTES.receiptKeys),
  call('HEAD', ROUTES.events, { query: { ...ofQuery, device } }),
  call('POST', ROUTES.negotiate, { body: { ...daemon, epoch: null, cursor: '0', applied: '0', changes: [], receipts: [], contents: {} } }),
  call('POST', ROUTES.negotiate, {
    body: {
      ...daemon,
      epoch: null,
      cursor: '0',
      changes: [
        { op: 'put', id: 'c1', path: 'a/b.txt', base: null, entry: file },
        { op: 'put', id: 'c2', path: 'd', base: null, entry: { kind: 'dir' } },
        { op: 'put', id: 'c3', path: 'l', base: null, entry: { kind: 'link', target: 'd', mtime: '-5' } },
        { op: 'delete', id: 'c4', path: 'gone', base: '1.0' },
        { op: 'move', id: 'c5', from: 'a', to: 'z', base: '1.0' },
      ],
      contents: { [hash]: Buffer.from(text).toString('base64') },
      receipts: ['x.y'],
      pull: true,
      conflict_copies: true,
    },
  }),
  call('POST', ROUTES.snapshot, { body: daemon }),
  call('POST', ROUTES.grants, { body: { ...daemon, hashes: [hash] } }),
  call('GET', ROUTES.history, { query: { ...ofQuery, path: 'f.txt', limit: '10' } }),
  call('POST', ROUTES.restore, { body: { ...of, device, path: 'f.txt', version: '1.0' } }),
  call('GET', ROUTES.conflicts, { query: ofQuery }),
  call('POST', ROUTES.resolve, { body: { ...of, device, id: '1', keep: 'winner' } }),
  call('GET', ROUTES.tree, { query: { ...ofQuery, at: modified } }),
  call('GET', ROUTES.devices, { query: ofQuery }),
  call('POST', ROUTES.sync, {
    body: {
      ...of,
      files: { 'f.txt': { path: 'f.txt', hash, size: text.length, modified } },
      deleted_files: { 'g.txt': modified },
      last_sync: null,
    },
  }),
  call('POST', ROUTES.upload, {
    body: { ...of, path: 'f.txt', hash, size: text.length, modified, content: Buffer.from(text).toString('base64') },
  }),
  call('GET', `${ROUTES.download}/f.txt`, { query: ofQuery }),
  call('DELETE', `${ROUTES.delete}/f.txt`, { query: { ...ofQuery, modified } }),
  call('PUT', `${ROUTES.blobs}/${hash}`, { body: text }),
  call('GET', `${ROUTES.blobs}/${hash}`),
  call('POST', ROUTES.blobBatch, { body: text }),
  call('POST', ROUTES.blobFetch, { body: { grants: ['x.y'], hashes: [hash] } }),
];
