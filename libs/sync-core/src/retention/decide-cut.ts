import type { Seq } from '@syncpair/contracts';

/** Contents that are kept for history only, by the commit that replaced their last version; null for those that conflicts hold. */
export interface ReplacedContents {
  readonly replacedAt: Seq | null;
  readonly bytes: number;
}

export interface RetentionLimits {
  /** What was replaced up to here has been kept long enough. */
  readonly oldEnough: Seq;
  /** What was replaced after it is too young to go for lack of room. */
  readonly youngest: Seq;
  /** Bytes that history may take; null for any. */
  readonly maxBytes: number | null;
}

export interface RetentionCut {
  /** Everything that was replaced up to here expires. */
  readonly cut: Seq;
  /** Bytes of contents that stay for history only. */
  readonly bytes: number;
  /** They are more than may be, and nothing more may go: no more may come in. */
  readonly full: boolean;
}

/** What expires: all that is old enough, and the oldest of the rest as long as history takes too much room. */
export function decideCut(contents: readonly ReplacedContents[], { oldEnough, youngest, maxBytes }: RetentionLimits): RetentionCut {
  const limit = Math.max(oldEnough, youngest);
  const aged = contents.flatMap(({ replacedAt, bytes }) => (replacedAt === null ? [] : [{ replacedAt, bytes }]));
  aged.sort((a, b) => a.replacedAt - b.replacedAt);
  const stays = ({ replacedAt }: { readonly replacedAt: Seq }): boolean => replacedAt > oldEnough;
  let bytes = contents.reduce((sum, one) => sum + (one.replacedAt === null ? one.bytes : 0), 0);
  bytes += aged.filter(stays).reduce((sum, one) => sum + one.bytes, 0);
  let cut = oldEnough;
  if (maxBytes === null) return { cut, bytes, full: false };
  for (const content of aged.filter(stays)) {
    // What the same commit replaced goes together.
    if (content.replacedAt > limit || (bytes <= maxBytes && content.replacedAt > cut)) break;
    cut = content.replacedAt;
    bytes -= content.bytes;
  }
  return { cut, bytes, full: bytes > maxBytes };
}
