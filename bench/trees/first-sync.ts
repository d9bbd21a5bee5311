import type { ClientProcess } from '../../e2e/harness/client-process.ts';
import { until } from '../../e2e/harness/until.ts';
import { countFiles } from './count-files.ts';
import type { FirstSync } from './tree-figures.ts';

/** Looking costs both the client and this process: the larger the tree, the less often. */
const MANY = 200_000;
const OFTEN_MS = 100;
const RARELY_MS = 500;

/** Starts the client that has a tree, and looks at it and at the other one until both have all of it. */
export async function firstSync(
  client: ClientProcess,
  other: ClientProcess | null,
  { files, withinSeconds }: { readonly files: number; readonly withinSeconds: number },
): Promise<FirstSync> {
  await other?.start();
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1000;
  let upSeconds: number | null = null;
  let firstAtOther: number | null = null;
  await client.start();
  return until(
    `the first sync of ${files} files`,
    async () => {
      const there = other === null ? files : countFiles(other.folder);
      if (there > 0) firstAtOther ??= seconds();
      if (upSeconds === null && (await client.status()).directories[0]?.in_sync === true) upSeconds = seconds();
      if (upSeconds === null || there < files) return undefined;
      return other === null
        ? { upSeconds, firstAtOther: null, allAtOther: null }
        : { upSeconds, firstAtOther, allAtOther: Math.max(seconds(), upSeconds) };
    },
    { within: withinSeconds * 1000, every: files > MANY ? RARELY_MS : OFTEN_MS },
  );
}
