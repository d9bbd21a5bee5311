import { readFileSync } from 'node:fs';

/** Looks at a file every few milliseconds, as a reader does who may come at any instant. */
export class Sampler {
  /** What was seen that should not have been; empty when all went well. */
  readonly faults: string[] = [];
  looks = 0;
  readonly #timer: NodeJS.Timeout;

  /** `judge` says what is wrong with a content (null: there is no file), or null. */
  constructor(path: string, judge: (content: string | null) => string | null) {
    this.#timer = setInterval(() => {
      this.looks += 1;
      const fault = judge(contentOf(path));
      if (fault !== null) this.faults.push(fault);
    }, 2);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
