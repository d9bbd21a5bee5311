import { type RouteDescription, negotiateRequestSchema, wire } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from './openapi-document.ts';

const routes: readonly RouteDescription[] = [
  {
    method: 'GET',
    path: '/download/{path}',
    summary: 'The bytes of a file.',
    tag: 'script calls',
    auth: 'bearer',
    query: z.object({ directory: wire.label, version: wire.version.optional() }),
    headers: { range: 'A part of the bytes.' },
    responses: { 200: { description: 'The bytes.', contentType: 'application/octet-stream' } },
  },
  {
    method: 'POST',
    path: '/api/v1/negotiate',
    summary: 'Exchanges changes.',
    tag: 'sync',
    auth: 'bearer',
    request: { schema: negotiateRequestSchema },
    responses: { 200: { description: 'Outcomes.', schema: z.object({ head: wire.seq }) } },
  },
];

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly unknown[];
  readonly requestBody: Content;
  readonly responses: { readonly 200: Content; readonly default: unknown };
}
interface Content {
  readonly content: {
    readonly 'application/json': {
      readonly schema: { readonly properties: Readonly<Record<string, unknown>>; readonly required: readonly string[] };
    };
  };
}

describe('openApiDocument', () => {
  const document = openApiDocument({ title: 'T', version: '1' }, routes) as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
  };

  it('lists path, query and header parameters', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/download/{path}']?.['get']?.parameters).toEqual([
      { name: 'path', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'directory', in: 'query', required: true, schema: { type: 'string' } },
      { name: 'version', in: 'query', required: false, schema: { type: 'string' } },
      { name: 'range', in: 'header', description: 'A part of the bytes.', schema: { type: 'string' } },
    ]);
  });
  it('describes bodies by their wire form', () => {
    const negotiate = document.paths['/api/v1/negotiate']?.['post'];
    const request = negotiate?.requestBody.content['application/json'].schema;
    expect(request?.properties['cursor']).toEqual({ type: 'string' });
    expect(request?.required).not.toContain('shared');
    expect(negotiate?.responses[200].content['application/json'].schema.properties['head']).toEqual({ type: 'string' });
    expect(negotiate?.responses.default).toEqual({ $ref: '#/components/responses/Error' });
  });
  it('is JSON, with an id of its own for each operation', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(document.paths['/download/{path}']?.['get']?.operationId).toBe('getDownloadPath');
  });
});
