import { type Brand, type Parsed, parsed, refused } from './brand.ts';

/** The SHA-256 of a content, 64 lower-case hexadecimal digits. */
export type ContentHash = Brand<string, 'ContentHash'>;

const HASH = /^[0-9a-f]{64}$/;

/** Refuses any other length, case or algorithm: there is one spelling of a content's name. */
export function parseContentHash(text: string): Parsed<ContentHash> {
  return HASH.test(text) ? parsed(text as ContentHash) : refused('not a SHA-256 of 64 lower-case hexadecimal digits');
}

/** The content of no bytes. */
export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' as ContentHash;
