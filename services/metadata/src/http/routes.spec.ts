import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import { BLOB_ROUTES } from '@syncpair/contracts';
import { compareRoutes } from '@syncpair/service-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Replica, startReplica } from '../testing/start-replica.ts';
import { METADATA_ROUTES } from './route-descriptions.ts';

let database: TestDatabase;
let replica: Replica;

beforeAll(async () => {
  database = await testDatabase();
  replica = await startReplica(database.url);
});
afterAll(async () => {
  await replica.close();
  await database.close();
});

test('every route is documented, and every documented route is there', () => {
  expect(compareRoutes(replica.app, METADATA_ROUTES)).toEqual({ undocumented: [], unregistered: [] });
});

test('the document describes both services', async () => {
  const document = (await (await fetch(`${replica.url}/openapi.json`)).json()) as { openapi: string; paths: Record<string, object> };
  expect(document.openapi).toMatch(/^3\.1/);
  for (const { path } of [...METADATA_ROUTES, ...BLOB_ROUTES]) expect(document.paths).toHaveProperty([path]);
  const sync = document.paths['/sync'] as { post: { requestBody: { content: object } } };
  expect(sync.post.requestBody.content).toHaveProperty(['application/json', 'schema', 'properties', 'files']);
  const upload = document.paths['/upload'] as { post: { requestBody: { content: object }; responses: object } };
  expect(Object.keys(upload.post.requestBody.content)).toEqual(['application/json', 'application/octet-stream']);
  expect(Object.keys(upload.post.responses)).toEqual(['200', '201', '400', '409', '413', '422', 'default']);
});

test('health tells which part is missing', async () => {
  expect(await (await fetch(`${replica.url}/health`)).json()).toMatchObject({ status: 'ok', database: 'ok', contents: 'ok' });
});

test('docs/api.md names every route', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'api.md'), 'utf8').replaceAll('…/', '/api/v1/');
  for (const { method, path } of [...METADATA_ROUTES, ...BLOB_ROUTES]) {
    const line = page.split('\n').find((text) => text.includes(`${path}\``) && text.includes(method));
    expect([method, path, line !== undefined]).toEqual([method, path, true]);
  }
});
