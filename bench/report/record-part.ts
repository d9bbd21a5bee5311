import { loadavg } from 'node:os';
import type { PartName } from '../options/parts.ts';
import { machine } from './machine.ts';
import { measuredCommit } from './measured-commit.ts';
import type { PartRecord } from './part-record.ts';
import type { PartRun } from './part-run.ts';

/** Runs one part; what fails in it is told and kept. */
export async function recordPart(
  part: PartName,
  command: string,
  measure: (run: PartRun) => Promise<unknown>,
  say: (line: string) => void,
): Promise<PartRecord> {
  const started = new Date().toISOString();
  const before = loadavg()[0] ?? 0;
  const failures: string[] = [];
  const run: PartRun = {
    say,
    attempt: async (what, action) => {
      try {
        await action();
        return true;
      } catch (error) {
        const failure = `${what}: ${(error as Error).message}`;
        failures.push(failure);
        say(`FAILED ${failure}`);
        return false;
      }
    },
  };
  let figures: unknown = null;
  await run.attempt(part, async () => (figures = await measure(run)));
  const finished = new Date().toISOString();
  const load = [before, loadavg()[0] ?? 0] as const;
  return { part, started, finished, command, commit: measuredCommit(), machine: machine(), load, failures, figures };
}
