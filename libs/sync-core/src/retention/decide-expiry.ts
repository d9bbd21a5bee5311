import { type VersionId, type VersionState, splitVersionId } from '@syncpair/contracts';

/** A version as retention sees it. */
export interface AgedVersion {
  readonly version: VersionId;
  readonly kind: VersionState['kind'];
  /** Kept as the losing side of a conflict, never a head. */
  readonly lost: boolean;
}

export interface ExpiringPath {
  /** All versions of one path that were made up to a moment, in any order. */
  readonly versions: readonly AgedVersion[];
  /** Versions of the path, younger ones too, that are a side of a conflict which is still listed. */
  readonly sides: ReadonlySet<VersionId>;
  /** The path's head, which may be younger than the moment. */
  readonly head: VersionId;
}

export interface Expiry {
  readonly expired: readonly VersionId[];
  /** Nothing is left but a deletion, which says no more than that there is nothing: the whole path can be forgotten. */
  readonly forgotten: boolean;
}

/**
 * Which versions of a path had been replaced at a moment, and stayed long enough when everything replaced by then expires. The path's head of
 * that moment stays: whoever asks for the state of that moment or a later one finds it. So do the sides of conflicts.
 */
export function decideExpiry({ versions, sides, head }: ExpiringPath): Expiry {
  const headThen = versions.filter(({ lost }) => !lost).reduce<AgedVersion | null>((latest, one) => later(latest, one), null);
  const expired = versions.filter((one) => one !== headThen && !sides.has(one.version)).map(({ version }) => version);
  const isAlone = expired.length === versions.length - 1;
  const forgotten = isAlone && headThen?.kind === 'tombstone' && headThen.version === head && sides.size === 0;
  return { expired, forgotten };
}

function later(a: AgedVersion | null, b: AgedVersion): AgedVersion {
  if (a === null) return b;
  const [one, other] = [splitVersionId(a.version), splitVersionId(b.version)];
  return one.seq > other.seq || (one.seq === other.seq && one.ordinal > other.ordinal) ? a : b;
}
