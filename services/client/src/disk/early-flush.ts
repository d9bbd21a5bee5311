/** Bytes after which what was written is flushed while the next ones come. */
const FLUSH_BYTES = 32 * 1024 * 1024;

/** Flushes a large file while it is still being written, so that its last flush has little left to do. */
export class EarlyFlush {
  readonly #flush: () => Promise<void>;
  #unflushed = 0;
  /** The flush under way; it never rejects. */
  #running: Promise<void> | null = null;
  #failed = false;
  #failure: unknown;

  constructor(flush: () => Promise<void>) {
    this.#flush = flush;
  }

  /** So many bytes more were written; does not wait. */
  wrote(bytes: number): void {
    this.#unflushed += bytes;
    if (this.#unflushed < FLUSH_BYTES || this.#running !== null) return;
    this.#unflushed = 0;
    this.#running = this.#run();
  }

  /**
   * Waits until none is under way.
   *
   * @throws what the first one failed with: the system forgets what it could not write, so a later flush that succeeds proves nothing
   */
  async ended(): Promise<void> {
    await this.#running;
    if (this.#failed) throw this.#failure;
  }

  async #run(): Promise<void> {
    try {
      await this.#flush();
    } catch (error) {
      if (!this.#failed) this.#failure = error;
      this.#failed = true;
    } finally {
      this.#running = null;
    }
  }
}
