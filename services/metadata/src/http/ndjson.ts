import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/** An NDJSON answer. Resolves with the first chunk at hand, so that a failure to begin is an error answer and not a cut stream. */
export async function ndjson(chunks: AsyncGenerator<string>): Promise<StreamableFile> {
  const first = await chunks.next();
  return new StreamableFile(Readable.from(withFirst(first, chunks), { objectMode: false }), { type: 'application/x-ndjson' });
}

async function* withFirst(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    if (first.done === true) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
