import type { ContentHash, RelativePath } from '@syncpair/contracts';
import { FIRST_PACE } from '@syncpair/sync-core';
import type { ExpectedFile } from '../disk/disk.ts';
import { ChunkProofs } from './chunk-proofs.ts';
import { FileReading } from './file-reading.ts';

/** Uploads that are remembered at a time. */
const MOST_UPLOADS = 8;

interface Progress {
  readonly proofs: ChunkProofs;
  /** Resolves once nothing that was sent before the hash was known is under way. */
  readonly settled: Promise<unknown>;
}

/** What uploads by chunks know from one try to the next. Safe to lose: the server has the claims. */
export class UploadProgress {
  /** How large the next request with chunks is. */
  pace = FIRST_PACE;
  /** The large file that is being read, whose chunks may go out before all of it has been read; null where none is. */
  #reading: FileReading | null = null;
  /** The last file that changed while it was read. */
  #restless: RelativePath | null = null;
  readonly #uploads = new Map<ContentHash, Progress>();

  /** What is proved of a content by now. */
  of(hash: ContentHash): ChunkProofs {
    const { proofs, settled } = this.#uploads.get(hash) ?? { proofs: new ChunkProofs(), settled: Promise.resolve() };
    this.#keep(hash, { proofs, settled });
    return proofs;
  }

  /** Waits for what was sent of a content while it was still being read. */
  async settled(hash: ContentHash): Promise<void> {
    await this.#uploads.get(hash)?.settled;
  }

  get reading(): FileReading | null {
    return this.#reading;
  }

  /** Begins to read a large file. One that changed the last time is read to its end before anything of it is sent. */
  read(file: ExpectedFile): FileReading {
    const reading = new FileReading(file);
    if (file.path !== this.#restless) this.#reading = reading;
    return reading;
  }

  /** The reading has come to its end; null where the file was not what it had been. */
  wasRead(reading: FileReading, hash: ContentHash | null): void {
    if (this.#reading === reading) this.#reading = null;
    reading.end();
    const { path } = reading.file;
    if (hash === null) this.#restless = path;
    else if (this.#restless === path) this.#restless = null;
    // What an earlier try of the same content has proved is as good: what was sent now is claimed, and not needed again.
    if (hash !== null) this.#keep(hash, { proofs: this.#uploads.get(hash)?.proofs ?? reading.proofs, settled: reading.settled });
  }

  /** An upload has come to its end, good or bad. */
  ended(hash: ContentHash): void {
    this.#uploads.delete(hash);
  }

  #keep(hash: ContentHash, progress: Progress): void {
    this.#uploads.delete(hash);
    this.#uploads.set(hash, progress);
    for (const oldest of this.#uploads.keys()) if (this.#uploads.size > MOST_UPLOADS) this.#uploads.delete(oldest);
  }
}
