import type { VirtualTime } from './virtual-time.ts';

/** One life of a simulated client process: what it waits for is never heard of again once it was killed. */
export class OwnProcess {
  alive = true;
  readonly time: VirtualTime;

  constructor(time: VirtualTime) {
    this.time = time;
  }

  /** Calls back after `ms` unless the process is dead by then. */
  after(ms: number, callback: () => void): () => void {
    return this.time.after(ms, () => {
      if (this.alive) callback();
    });
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }
}
