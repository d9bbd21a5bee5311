import type { Hold } from '@syncpair/contracts';

const WHAT = { deletions: 'deletions', overwrites: 'changed files' } as const;

/** The one message about a hold that every member logs. */
export function describeOpenHold({ id, directory, kind, client, paths, reason }: Hold): string {
  return (
    `${directory}: ${paths} ${WHAT[kind]} of ${client} wait for approval: ${reason}. Nothing of it has reached anybody else. ` +
    `Let it happen with "syncpair holds approve ${id}", or bring back what was there with "syncpair holds reject ${id}"`
  );
}

/** What became of a hold; empty while it waits. */
export function describeDecision({ id, directory, decided }: Hold): string {
  if (decided === null) return '';
  if (decided.decision === 'reject') return `${directory}: hold ${id} was rejected by ${decided.by}: what was there stays`;
  const { done, kept } = decided;
  const counts = done + kept === 0 ? '' : `: ${done} carried out, ${kept} kept because they changed since`;
  return `${directory}: hold ${id} was approved by ${decided.by}${counts}`;
}
