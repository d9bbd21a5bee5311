import { describe, expect, it } from 'vitest';
import { freeBytes } from './free-bytes.ts';

describe('giving memory back', () => {
  it('empties bytes that are a whole buffer, and what else looks at it', () => {
    const bytes = new Uint8Array(64 * 1024);
    const view = bytes.subarray(10, 20);
    freeBytes(bytes);
    expect([bytes.length, view.length]).toEqual([0, 0]);
  });

  it('leaves small ones, and parts of a larger buffer, as they are', () => {
    const buffer = new Uint8Array(128 * 1024).fill(7);
    const [small, part] = [new Uint8Array(100).fill(7), buffer.subarray(0, 64 * 1024)];
    freeBytes(small);
    freeBytes(part);
    expect([small.length, part.length, buffer.length, buffer.at(-1)]).toEqual([100, 64 * 1024, 128 * 1024, 7]);
  });
});
