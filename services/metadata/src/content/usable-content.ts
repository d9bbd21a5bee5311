import type { StoredContent } from './content-store.ts';

/**
 * A content that a proposal may name, with how it is known that its bytes are there: `row`, a version has it and the row of the content
 * tells where it lies; `put`, this process has put it, or seen it in the store, under a pin; a number: a receipt given at that moment, in
 * milliseconds since 1970.
 */
export interface UsableContent extends StoredContent {
  readonly proof: 'row' | 'put' | number;
  /** Of a content that was put together: its chunks and its manifest, each once. Not needed with the proof `row`: the parts are on record. */
  readonly parts?: readonly UsableContent[];
}
