import { expect, it } from 'vitest';
import { readGrantsRequestSchema, readGrantsResponseSchema } from '../negotiate.ts';
import { chunksRequestSchema, chunksResponseSchema } from './chunk-calls.ts';

const hash = 'ab'.repeat(32);
const who = { protocol: 1, client_id: 'a', device: 'cd'.repeat(16), directory: 'd' } as const;

it('asks for manifests only when told to, and reads the answer of a server that knows none', () => {
  expect(readGrantsRequestSchema.parse({ ...who, hashes: [hash] }).manifests).toBe(false);
  expect(readGrantsResponseSchema.parse({ grants: [] })).toEqual({ grants: [], manifests: [], manifests_left: [] });
});

it('asks about at most 1,000 chunks, and may only show receipts', () => {
  expect(chunksRequestSchema.parse({ ...who, hashes: [] }).receipts).toEqual([]);
  expect(chunksRequestSchema.safeParse({ ...who, hashes: Array.from({ length: 1_001 }, () => hash) }).success).toBe(false);
  expect(chunksRequestSchema.safeParse({ ...who, hashes: ['AB'] }).success).toBe(false);
});

it('ignores what a later server adds to the answer', () => {
  const answer = { needed: [hash], grants: [{ hashes: [hash], grant: 'g', later: 1 }], readable: [], later: true };
  expect(chunksResponseSchema.parse(answer)).toEqual({ needed: [hash], grants: [{ hashes: [hash], grant: 'g' }], readable: [] });
});
