import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** What a sampler saw: reads that gave one whole content, and a line for each that did not. */
export interface Sampled {
  readonly reads: number;
  readonly torn: readonly string[];
}

/** A process of its own that reads all files of some folders in a loop: whatever is done to the clients, it must never see half a file. */
export class Sampler {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #output: Promise<string>;
  #stopped: Promise<Sampled> | null = null;

  constructor(folders: readonly string[]) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'sampler.process.ts'), ...folders], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#output = text(this.#child.stdout);
  }

  /** Ends it; asked for again, tells the same. @throws {Error} when it failed, for then it saw nothing */
  stop(): Promise<Sampled> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<Sampled> {
    const ended = this.#child.exitCode === null && this.#child.signalCode === null ? once(this.#child, 'exit') : Promise.resolve();
    this.#child.stdin.on('error', () => undefined).end();
    await ended;
    if (this.#child.exitCode !== 0) throw new Error(`the sampler failed with ${this.#child.exitCode ?? this.#child.signalCode}`);
    return JSON.parse(await this.#output) as Sampled;
  }
}
