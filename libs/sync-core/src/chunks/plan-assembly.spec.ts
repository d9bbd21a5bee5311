import type { Chunk, ContentHash } from '@syncpair/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeChunks } from './place-chunks.ts';
import { planAssembly } from './plan-assembly.ts';
import { takeChunks } from './take-chunks.ts';

/** A chunk for each letter; a letter's place in the alphabet is its size. The bytes of a chunk are its letter, that many times. */
const chunksOf = (text: string): Chunk[] => [...text].map((letter) => ({ hash: letter as ContentHash, size: letter.charCodeAt(0) - 96 }));
const bytesOf = (text: string): string => chunksOf(text).reduce((bytes, { hash, size }) => bytes + hash.repeat(size), '');

function plan(text: string, { there = '', files = [] as string[], mostBytes = 10 } = {}) {
  return planAssembly(chunksOf(text), {
    end: bytesOf(there).length,
    there: placeChunks(chunksOf(there)),
    files: files.map((file) => placeChunks(chunksOf(file))),
    mostBytes,
  });
}

/** Steps in few words: `server b`, `file 0: c@3 d@6`, `itself a@0`. */
const told = (steps: ReturnType<typeof plan>): string[] =>
  steps.map((step) => {
    if (step.from === 'server') return `server ${step.chunk.hash}`;
    if (step.from === 'itself') return `itself ${step.chunk.hash}@${step.chunk.start}`;
    return `file ${step.file}: ${step.chunks.map(({ hash, start }) => `${hash}@${start}`).join(' ')}`;
  });

describe('planAssembly', () => {
  it.each([
    ['nothing', '', {}, []],
    ['what is nowhere', 'ab', {}, ['server a', 'server b']],
    ['what comes twice is asked for once', 'aba', {}, ['server a', 'server b', 'itself a@0']],
    ['what was put together before', 'ca', { there: 'ba' }, ['server c', 'itself a@2']],
    ['where the next bytes stand counts what was put together before', 'cc', { there: 'ab' }, ['server c', 'itself c@3']],
    ['an insertion at the head', 'xabc', { files: ['abc'] }, ['server x', 'file 0: a@0 b@1 c@3']],
    ['a change in the middle', 'axc', { files: ['abc'] }, ['file 0: a@0', 'server x', 'file 0: c@3']],
    ['steps of few bytes', 'abcd', { files: ['abcd'], mostBytes: 6 }, ['file 0: a@0 b@1 c@3', 'file 0: d@6']],
    ['a chunk that is larger than a step', 'ab', { files: ['ab'], mostBytes: 1 }, ['file 0: a@0', 'file 0: b@1']],
    ['several files, the first that has it', 'abc', { files: ['b', 'abc'] }, ['file 1: a@0', 'file 0: b@0', 'file 1: c@3']],
    ['where it stands first in a file', 'b', { files: ['abab'] }, ['file 0: b@1']],
  ])('%s', (_what, text, given, steps) => expect(told(plan(text, given))).toEqual(steps));

  it('puts the content together, and asks for no chunk that is here or asked for already', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abcdefgh'), maxLength: 20 });
    fc.assert(
      fc.property(text, text, fc.array(text, { maxLength: 3 }), fc.integer({ min: 1, max: 30 }), (wanted, there, files, mostBytes) => {
        let made = bytesOf(there);
        const asked = new Set<string>();
        for (const step of plan(wanted, { there, files, mostBytes })) {
          if (step.from === 'server') {
            expect(there.includes(step.chunk.hash) || files.some((file) => file.includes(step.chunk.hash))).toBe(false);
            expect(asked.has(step.chunk.hash)).toBe(false);
            asked.add(step.chunk.hash);
            made += bytesOf(step.chunk.hash);
          } else if (step.from === 'itself') made += made.slice(step.chunk.start, step.chunk.start + step.chunk.size);
          else {
            const parts = step.chunks.map(({ start, size }) => bytesOf(files[step.file] as string).slice(start, start + size));
            expect(parts.length === 1 || parts.join('').length <= mostBytes).toBe(true);
            made += parts.join('');
          }
        }
        expect(made).toBe(bytesOf(there) + bytesOf(wanted));
      }),
    );
  });
});

describe('takeChunks', () => {
  it.each([
    ['', 0, ''],
    ['abc', 0, 'abc'],
    ['abcd', 0, 'abc'],
    ['abcd', 3, 'd'],
    ['abcd', 4, ''],
    ['zaz', 0, 'z'],
    ['fab', 1, 'ab'],
  ])('%s from %i', (text, from, taken) =>
    expect(
      takeChunks(chunksOf(text), from, 6)
        .map(({ hash }) => hash)
        .join(''),
    ).toBe(taken),
  );
});
