import type { ClientProcess } from './client-process.ts';
import { until } from './until.ts';

/** What a client says is wrong with its first directory. */
export const problemsOf = async (client: ClientProcess): Promise<{ path: string; code: string }[]> =>
  ((await client.status()).directories[0]?.problems ?? []).map(({ path, code }) => ({ path, code }));

/** Waits until a client reports problems at all of these paths. */
export const reported = (client: ClientProcess, ...paths: string[]): Promise<unknown> =>
  until(`problems at ${paths.join(', ')}`, async () => {
    const found = (await problemsOf(client)).map(({ path }) => path);
    return paths.every((path) => found.includes(path)) ? true : undefined;
  });

/** Waits until a client reports no problem any more; the longest pause before it tries again is 30 s. */
export async function unproblematic(client: ClientProcess): Promise<void> {
  let left: string[] = [];
  const look = async (): Promise<true | undefined> => {
    left = (await problemsOf(client)).map(({ path, code }) => `${path} (${code})`);
    return left.length === 0 ? true : undefined;
  };
  await until('no problem is left', look, { within: 60_000 }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${left.join(', ')}`);
  });
}
