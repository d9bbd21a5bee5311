import { ContentsGone } from '../content/contents-gone.ts';
import type { UsableContent } from '../content/usable-content.ts';
import type { Transaction } from '../database/database.ts';
import { type CommittedConflict, type CommittedWrite, insertConflicts, insertWrites } from '../store/commit-repository.ts';
import { takeContents } from '../store/content-repository.ts';

/** What a transaction has decided about a directory and not stored yet. */
export interface Unstored {
  readonly writes: readonly CommittedWrite[];
  readonly conflicts: readonly CommittedConflict[];
  /** Those that the writes name. */
  readonly contents: readonly UsableContent[];
}

/**
 * Stores what was decided about any number of directories, with one statement for each kind of it. In a shared transaction it waits for no
 * content that another one is about to name.
 *
 * @throws ContentsGone: contents cannot be named any more, or not without waiting, and the transaction must not go on
 */
export async function storeDecided(
  transaction: Transaction,
  decided: readonly Unstored[],
  { at, shared = false }: { readonly at: Date; readonly shared?: boolean },
): Promise<void> {
  const gone = await takeContents(
    transaction,
    decided.flatMap(({ contents }) => contents),
    shared ? 'skip' : 'wait',
  );
  if (gone.length > 0) throw new ContentsGone(gone);
  await insertWrites(
    transaction,
    decided.flatMap(({ writes }) => writes),
  );
  await insertConflicts(
    transaction,
    decided.flatMap(({ conflicts }) => conflicts),
    at,
  );
}
