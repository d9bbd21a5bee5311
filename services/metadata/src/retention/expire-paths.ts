import type { Seq } from '@syncpair/contracts';
import { decideExpiry } from '@syncpair/sync-core';
import type { Transaction } from '../database/database.ts';
import { type AgedRow, dropEntries, dropVersions, readAged, readPathFacts, releaseContents } from '../store/retention-repository.ts';

export interface Expired {
  /** Versions that lost their content. */
  readonly released: number;
  /** Versions, and paths, that are gone. */
  readonly dropped: number;
  readonly forgotten: number;
}

/** Of these paths, takes the contents of what was replaced up to one commit, and drops what was replaced up to another one. */
export async function expirePaths(
  transaction: Transaction,
  directory: number,
  keys: readonly Buffer[],
  { released, dropped }: { readonly released: Seq; readonly dropped: Seq },
): Promise<Expired> {
  if (keys.length === 0) return { released: 0, dropped: 0, forgotten: 0 };
  const facts = await readPathFacts(transaction, directory, keys);
  const decide = (rows: readonly AgedRow[]): { expired: AgedRow[]; forgotten: Buffer[] } => {
    const expired: AgedRow[] = [];
    const forgotten: Buffer[] = [];
    for (const [key, versions] of Map.groupBy(rows, (row) => row.key.toString('hex'))) {
      const fact = facts.get(key);
      if (fact === undefined) continue;
      const expiry = decideExpiry({ versions, ...fact });
      const ids = new Set(expiry.expired);
      expired.push(...versions.filter(({ version }) => ids.has(version) || expiry.forgotten));
      if (expiry.forgotten) forgotten.push(Buffer.from(key, 'hex'));
    }
    return { expired, forgotten };
  };
  const old = decide(await readAged(transaction, directory, keys, dropped, { withContent: false }));
  await dropEntries(transaction, directory, old.forgotten);
  await dropVersions(transaction, directory, old.expired);
  if (released === dropped) return { released: 0, dropped: old.expired.length, forgotten: old.forgotten.length };
  const aged = decide(await readAged(transaction, directory, keys, released, { withContent: true }));
  const files = aged.expired.filter(({ kind }) => kind === 'file');
  await releaseContents(transaction, directory, files);
  return { released: files.length, dropped: old.expired.length, forgotten: old.forgotten.length };
}
