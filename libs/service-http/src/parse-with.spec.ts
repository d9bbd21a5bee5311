import { DomainError, changeSchema, wire } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseWith } from './parse-with.ts';

const schema = z.object({ path: wire.path, hash: wire.hash, items: z.array(z.object({ size: wire.size })).default([]) });
const hash = 'a'.repeat(64);

function failure(value: unknown, of: z.ZodType = schema): { code: string; message: string } {
  try {
    parseWith(of, value);
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('parseWith', () => {
  it('returns what the schema makes of the value', () => {
    expect(parseWith(schema, { path: 'a/b', hash })).toEqual({ path: 'a/b', hash, items: [] });
  });
  it('tells a refused path from other mistakes', () => {
    expect(failure({ path: '../x', hash })).toEqual({ code: 'invalid_path', message: 'path: the path contains ".."' });
    expect(failure({ path: 'a', hash: 'A'.repeat(64) })).toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/^hash: /),
    });
    expect(failure({ hash })).toMatchObject({ code: 'invalid_request', message: expect.stringMatching(/^path: /) });
  });
  it('names the field inside lists', () => {
    expect(failure({ path: 'a', hash, items: [{ size: 1 }, { size: -1 }] }).message).toMatch(/^items\.1\.size: /);
  });
  it('speaks of the whole when it has no fields', () => {
    expect(failure(null).code).toBe('invalid_request');
    expect(failure({ op: 'explode' }, changeSchema).message).toMatch(/^op: /);
  });
});
