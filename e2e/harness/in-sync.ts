import type { ClientProcess } from './client-process.ts';
import { until } from './until.ts';

/** Waits until clients say that all their directories are in sync, each by itself: what they have is not compared. */
export async function inSync(clients: readonly ClientProcess[], { within = 45_000 }: { readonly within?: number } = {}): Promise<void> {
  for (const client of clients) {
    await until(
      `${client.id} is in sync`,
      async () => ((await client.status()).directories.every(({ in_sync }) => in_sync) ? true : undefined),
      { within },
    );
  }
}
