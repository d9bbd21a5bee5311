import { type Hash, createHash } from 'node:crypto';
import { writev } from 'node:fs';
import { type Readable, Writable } from 'node:stream';
import { endedEarly, tooLarge } from '../../blobs/refusals.ts';

/** Bytes that may wait for the disk before the sender is slowed down. */
const BUFFER_BYTES = 1024 * 1024;

/** Hashes what arrives, and writes it to a file when there is one. What waits is written with one call; no promise per chunk. */
export class ContentSink extends Writable {
  readonly #hash: Hash = createHash('sha256');
  readonly #fd: number | null;
  readonly #maxBytes: number;
  #writing = false;
  #idle: (() => void) | null = null;
  size = 0;

  /** `fd` null: only verify. */
  constructor(fd: number | null, maxBytes: number) {
    super({ highWaterMark: BUFFER_BYTES, decodeStrings: false });
    this.#fd = fd;
    this.#maxBytes = maxBytes;
  }

  /** The hash of all that arrived, in hex; once, at the end. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#take([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#take(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  #take(chunks: Buffer[], done: (error?: Error | null) => void): void {
    for (const chunk of chunks) {
      this.size += chunk.length;
      if (this.size > this.#maxBytes) return done(tooLarge(this.#maxBytes));
      this.#hash.update(chunk);
    }
    if (this.#fd === null) return done();
    this.#writing = true;
    writeAll(this.#fd, chunks, (error) => {
      this.#writing = false;
      done(error);
      this.#idle?.();
    });
  }

  /** Waits for the write that is under way: its descriptor must not be closed, and perhaps given to another file, before. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#writing) this.#idle = () => done(error);
    else done(error);
  }
}

function writeAll(fd: number, chunks: Buffer[], done: (error?: Error | null) => void): void {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length === 0) return done();
  writev(fd, chunks, null, (error, written) => {
    if (error !== null) done(error);
    else if (written === length) done();
    else writeAll(fd, [Buffer.concat(chunks).subarray(written)], done);
  });
}

/**
 * Moves all of `body` into the sink. Unlike `pipeline` it leaves `body` open when the sink fails, so that a refused sender can be answered
 * over the connection that it is sending on. Settles when no write is under way any more.
 */
export function receive(body: Readable, sink: ContentSink): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => {
      body.off('error', onBodyError).off('close', onBodyClose);
      if (error === null || error === undefined) return resolve();
      body.unpipe(sink);
      if (sink.closed) return reject(error);
      sink.once('close', () => reject(error)).destroy();
    };
    const onBodyError = (): void => settle(endedEarly());
    const onBodyClose = (): void => {
      if (!body.readableEnded) settle(endedEarly());
    };
    body.once('error', onBodyError).once('close', onBodyClose);
    sink.once('error', settle).once('finish', () => settle());
    if (body.destroyed && !body.readableEnded) return settle(endedEarly());
    body.pipe(sink);
  });
}
