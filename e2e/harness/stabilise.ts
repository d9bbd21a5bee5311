import { setTimeout as delay } from 'node:timers/promises';
import type { ClientProcess } from './client-process.ts';
import { type ReadOptions, type Tree, differences, readTree } from './tree.ts';

/** Milliseconds for which everything must stay as it is. */
const QUIET_MS = 1_000;

export interface StabiliseOptions extends ReadOptions {
  /** Milliseconds. */
  readonly within?: number;
  /** Trees that are the same are enough: some paths have problems that stay. */
  readonly despiteProblems?: boolean;
}

/**
 * Waits until every client says that it is in sync and all folders are the same, and both stay so for a second. @returns the tree
 *
 * @throws {Error} with what differs and what the clients say
 */
export async function stabilise(clients: readonly ClientProcess[], options: StabiliseOptions = {}): Promise<Tree> {
  const { within = 45_000 } = options;
  let trees: Tree[] = [];
  for (const end = performance.now() + within; ; await delay(100)) {
    trees = await readAll(clients, options);
    if (allSame(trees) && (await allSettled(clients, options))) {
      const before = trees[0] as Tree;
      await delay(QUIET_MS);
      trees = await readAll(clients, options);
      if (allSame([before, ...trees]) && (await allSettled(clients, options))) return trees[0] as Tree;
    }
    if (performance.now() > end) break;
  }
  const told = await Promise.all(clients.map((client) => client.status().catch((error: unknown) => String(error))));
  const unlike = clients.flatMap(({ id }, index) =>
    differences(trees[0] as Tree, trees[index] as Tree).map((line) => `${clients[0]?.id} | ${id}: ${line}`),
  );
  throw new Error(
    [`not the same after ${within} ms`, ...unlike.slice(0, 40), ...told.map((status) => JSON.stringify(status).slice(0, 2_000))].join('\n'),
  );
}

const readAll = (clients: readonly ClientProcess[], options: ReadOptions): Promise<Tree[]> =>
  Promise.all(clients.map(({ folder }) => readTree(folder, options)));

const allSame = ([first, ...others]: readonly Tree[]): boolean =>
  first !== undefined && others.every((other) => differences(first, other).length === 0);

async function allSettled(clients: readonly ClientProcess[], { despiteProblems = false }: StabiliseOptions): Promise<boolean> {
  const answers = await Promise.all(
    clients.map(async (client) => {
      const { directories } = await client.status();
      return directories.every(({ in_sync, problems }) => in_sync || (despiteProblems && problems.length > 0));
    }),
  );
  return answers.every(Boolean);
}
