import type { VersionId } from '@syncpair/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AgedVersion, decideExpiry } from './decide-expiry.ts';

const SEQS = 12;
const history = fc
  .uniqueArray(fc.record({ seq: fc.integer({ min: 1, max: SEQS }), deleted: fc.boolean(), lost: fc.boolean(), side: fc.boolean() }), {
    selector: ({ seq }) => seq,
    minLength: 1,
  })
  // A lost version is always the side of a conflict, as long as that is listed.
  .map((made) => made.toSorted((a, b) => a.seq - b.seq).map((one) => ({ ...one, side: one.side || one.lost })))
  .filter((made) => made.some(({ lost }) => !lost));
type Made = typeof history extends fc.Arbitrary<infer T> ? T : never;

const toVersion = ({ seq, deleted, lost }: Made[number]): AgedVersion => ({
  version: `${seq}.0` as VersionId,
  kind: deleted && !lost ? 'tombstone' : 'file',
  lost,
});
const headAt = (versions: readonly AgedVersion[], seq: number): AgedVersion | null =>
  versions.findLast(({ version, lost }) => !lost && Number(version.split('.')[0]) <= seq) ?? null;

/** What expires at one moment after another, each with what the one before has left. */
function expireAt(made: Made, moments: readonly number[]): { left: AgedVersion[]; forgotten: boolean } {
  const all = made.map(toVersion);
  const head = headAt(all, SEQS) as AgedVersion;
  const sides = new Set(made.filter(({ side }) => side).map(({ seq }) => `${seq}.0` as VersionId));
  let left = all;
  let forgotten = false;
  for (const cut of moments) {
    const versions = left.filter(({ version }) => Number(version.split('.')[0]) <= cut);
    const expiry = decideExpiry({ versions, sides, head: head.version });
    left = left.filter(({ version }) => !expiry.expired.includes(version));
    forgotten ||= expiry.forgotten;
  }
  return { left, forgotten };
}

const moments = fc.array(fc.integer({ min: 0, max: SEQS }), { minLength: 1, maxLength: 4 }).map((cuts) => cuts.toSorted((a, b) => a - b));

test('whoever asks for the state at the moment of the cut or later finds it, and a forgotten path is one that was deleted (R61)', () => {
  fc.assert(
    fc.property(history, moments, (made, cuts) => {
      const { left, forgotten } = expireAt(made, cuts);
      const cut = cuts.at(-1) as number;
      for (let seq = cut; seq <= SEQS; seq += 1) {
        const wanted = headAt(made.map(toVersion), seq);
        expect(headAt(left, seq)).toEqual(wanted);
        if (forgotten) expect(wanted?.kind).toBe('tombstone');
      }
      if (forgotten) expect(left).toHaveLength(1);
    }),
  );
});

test('sides of conflicts stay; nothing that was replaced before the cut does but them (R60)', () => {
  fc.assert(
    fc.property(history, moments, (made, cuts) => {
      const { left } = expireAt(made, cuts);
      const cut = cuts.at(-1) as number;
      const ids = new Set(left.map(({ version }) => version));
      for (const { seq, side } of made) if (side) expect(ids).toContain(`${seq}.0`);
      const headThen = headAt(left, cut);
      const stale = made.filter(({ seq, side }) => seq <= cut && !side && `${seq}.0` !== headThen?.version);
      for (const { seq } of stale) expect(ids).not.toContain(`${seq}.0`);
    }),
  );
});

test('small steps end where one large step does', () => {
  fc.assert(
    fc.property(history, moments, (made, cuts) => {
      expect(expireAt(made, cuts).left).toEqual(expireAt(made, [cuts.at(-1) as number]).left);
    }),
  );
});
