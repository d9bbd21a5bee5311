import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a program ended, or that it never started. */
export interface ChildEnd {
  readonly ok: boolean;
  /** Continues a sentence about the program: `ended with code 1`. */
  readonly how: string;
}

/** A grandchild that is still ending may hold the pipes open; its words are not waited for longer than this. */
const PIPES_MS = 500;

/** Resolves when the program is gone and what it said has arrived. Call it in the turn in which the program was started. */
export async function endOf(child: ChildProcess): Promise<ChildEnd> {
  const closed = once(child, 'close').catch(() => undefined);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const timer = new AbortController();
    await Promise.race([closed, sleep(PIPES_MS, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    return { ok: code === 0, how: signal === null ? `ended with code ${String(code)}` : `was ended by ${signal}` };
  } catch (error) {
    return { ok: false, how: `could not be started (${error instanceof Error ? error.message : String(error)})` };
  }
}
