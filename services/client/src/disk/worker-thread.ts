import { Worker } from 'node:worker_threads';
import { RootLostError } from './disk.ts';
import { type Answer, type CoreAnswer, type CoreMethod, type CoreRequest, type WorkerStart, reviveProblems } from './worker-messages.ts';

interface Waiting {
  readonly method: CoreMethod;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Beside this module in the source, and in the bundle. */
const source = new URL(import.meta.url.endsWith('.ts') ? './disk-worker.ts' : './disk-worker.js', import.meta.url);

/** A thread that answers requests in their order. When it ends by itself, what waits is rejected, and the next request starts another. */
export class WorkerThread {
  readonly #start: () => WorkerStart;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(start: () => WorkerStart) {
    this.#start = start;
  }

  ask<Method extends CoreMethod>(method: Method, args: readonly unknown[], transfer: ArrayBuffer[] = []): Promise<Answer<Method>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new Error('the disk is closed');
      const worker = (this.#worker ??= this.#launch());
      const request: CoreRequest = { id: (this.#lastId += 1), method, args };
      worker.postMessage(request, transfer);
      this.#waiting.set(request.id, { method, resolve: resolve as (value: unknown) => void, reject });
      worker.ref();
    });
  }

  /** Lets the thread finish what it was asked, then ends it. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage('close');
    await ended;
  }

  #launch(): Worker {
    const worker = new Worker(source, { workerData: this.#start(), execArgv: ['--disable-warning=ExperimentalWarning'] });
    let cause = 'it ended';
    worker.on('message', (answer: CoreAnswer) => this.#settle(worker, answer));
    worker.on('error', (error: unknown) => {
      cause = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(new Error(`the thread that reads and writes the folder failed: ${cause}`));
      this.#waiting.clear();
    });
    return worker;
  }

  #settle(worker: Worker, answer: CoreAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    // An idle thread does not keep the process alive.
    if (this.#waiting.size === 0) worker.unref();
    if (waiting === undefined) return;
    if (answer.status === 'answered') waiting.resolve(reviveProblems(waiting.method, answer.value));
    else waiting.reject(answer.status === 'root_lost' ? new RootLostError(answer.message) : new Error(answer.message));
  }
}
