import type { ContentHash } from '@syncpair/contracts';
import type { HoldLimits } from '@syncpair/sync-core';
import type { UsableContent } from '../content/usable-content.ts';
import type { Database } from '../database/database.ts';
import { commitGroup } from './commit-group.ts';
import type { CommitJob, DecidedGroup } from './commit-job.ts';
import { ContentsGone } from '../content/contents-gone.ts';

/** Those of the contents that are in the store after all, under a pin, whole; `gone` are those that are not known to be, parts among them. */
export type Recover = (contents: readonly UsableContent[], gone: ReadonlySet<ContentHash>) => Promise<readonly UsableContent[]>;

/**
 * `commitGroup`, also when contents have gone since they were proven: they are looked for in the store, and what is not there is content that
 * the proposer has to upload. Judged content by content; the others of the group do not notice.
 */
export async function commitWithRecovery(
  database: Database,
  jobs: readonly CommitJob[],
  now: number,
  recover: Recover,
  limits: HoldLimits,
): Promise<DecidedGroup> {
  let current = jobs;
  for (const tried = new Set<ContentHash>(); ;) {
    try {
      return await commitGroup(database, current, now, limits);
    } catch (error) {
      if (!(error instanceof ContentsGone)) throw error;
      const parts = new Set(error.hashes);
      const isGone = (content: UsableContent): boolean => error.isOf([content]);
      const gone = current.flatMap(({ contents }) => [...contents.values()].filter(isGone));
      // Each once; what was found and is gone again is not looked for for ever.
      const asked = [...new Map(gone.map((content) => [content.hash, content])).values()].filter(({ hash }) => !tried.has(hash));
      for (const { hash } of asked) tried.add(hash);
      const found = new Map((asked.length === 0 ? [] : await recover(asked, parts)).map((content) => [content.hash, content]));
      current = current.map((job) => ({ ...job, contents: replaced(job.contents, isGone, found) }));
    }
  }
}

function replaced(
  contents: CommitJob['contents'],
  isGone: (content: UsableContent) => boolean,
  found: ReadonlyMap<ContentHash, UsableContent>,
): CommitJob['contents'] {
  return new Map(
    [...contents].flatMap(([hash, content]) => {
      const kept = isGone(content) ? found.get(hash) : content;
      return kept === undefined ? [] : [[hash, kept]];
    }),
  );
}
