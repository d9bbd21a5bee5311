import { Worker } from 'node:worker_threads';
import type { SeedsPlayed } from '../../libs/testing/src/simulator/play-seeds.ts';
import type { SeedsOrder } from './seeds-worker.ts';

/** Plays seeds on `jobs` threads; `onPiece` hears of each piece as it is done. */
export async function playMany(
  order: Omit<SeedsOrder, 'step'>,
  jobs: number,
  onPiece: (sum: SeedsPlayed, piece: SeedsPlayed) => void,
): Promise<SeedsPlayed> {
  const sum: SeedsPlayed = { seeds: 0, operations: 0, crashes: 0, faults: 0, twice: 0, failures: [] };
  const add = (piece: SeedsPlayed): void => {
    for (const key of ['seeds', 'operations', 'crashes', 'faults', 'twice'] as const) sum[key] += piece[key];
    sum.failures.push(...piece.failures);
    onPiece(sum, piece);
  };
  await Promise.all(
    Array.from({ length: jobs }, (_, job) => {
      const worker = new Worker(new URL('./seeds-worker.ts', import.meta.url), {
        workerData: { ...order, from: order.from + job, step: jobs } satisfies SeedsOrder,
      });
      return new Promise<void>((resolve, reject) => {
        worker.on('message', add);
        worker.on('error', reject);
        worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
      });
    }),
  );
  return sum;
}
