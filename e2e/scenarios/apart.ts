import type { ClientProcess } from '../harness/client-process.ts';
import { inSync } from '../harness/in-sync.ts';
import { stabilise } from '../harness/stabilise.ts';

/** Seconds as nanoseconds since 1970. */
export const seconds = (since1970: number): bigint => BigInt(Math.round(since1970)) * 1_000_000_000n;

/** A time so many seconds from now. */
export const inSeconds = (count: number): bigint => seconds(Date.now() / 1000 + count);

/** Stops the clients, lets the work happen while nobody sees anybody, and starts them in their order: each is in sync before the next comes. */
export async function apart(clients: readonly ClientProcess[], work: () => void): Promise<void> {
  await Promise.all(clients.filter(({ isRunning }) => isRunning).map((client) => client.stop()));
  work();
  for (const client of clients) {
    await client.start();
    await inSync([client], { within: 90_000 });
  }
  await stabilise(clients, { within: 120_000 });
}
