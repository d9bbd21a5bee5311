import type { ContentHash } from '@syncpair/contracts';

/** A chunk of a content is gone or damaged since the content was opened: its reader gets no more bytes, and never wrong ones. */
export class ChunkUnreadable extends Error {
  override readonly name = 'ChunkUnreadable';

  constructor(chunk: ContentHash) {
    super(`the chunk ${chunk} of a content is missing or damaged`);
  }
}
