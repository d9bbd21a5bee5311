import { type Brand, type Parsed, parsed, refused } from './brand.ts';

/**
 * Names one version of one path: `seq.ordinal`, the commit's sequence number and the change's place in it. A change that moves a folder
 * gives every path below it the same id, so an id is unique together with its path only.
 */
export type VersionId = Brand<string, 'VersionId'>;

/** A directory's sequence number: one per commit, 1 upwards, without gaps; 0 is "before the first". A decimal string on the wire. */
export type Seq = number;

const SEQ = /^(0|[1-9][0-9]{0,15})$/;
/** Places in a commit are kept in 32 bits with a sign. */
const MAX_ORDINAL = 2 ** 31 - 1;

export function parseSeq(text: string): Parsed<Seq> {
  const value = Number(text);
  return SEQ.test(text) && Number.isSafeInteger(value) ? parsed(value) : refused('not a sequence number');
}

export function versionId(seq: Seq, ordinal: number): VersionId {
  return `${seq}.${ordinal}` as VersionId;
}

export function parseVersionId(text: string): Parsed<VersionId> {
  const [seq = '', ordinal = '', ...rest] = text.split('.');
  const isVersion = rest.length === 0 && parseSeq(seq).ok && parseSeq(ordinal).ok && Number(ordinal) <= MAX_ORDINAL;
  return isVersion ? parsed(text as VersionId) : refused('not a version (SEQ.ORDINAL)');
}

/** Whether a version of a path was made after another one of it. */
export function isLaterVersion(one: VersionId, other: VersionId): boolean {
  const [a, b] = [splitVersionId(one), splitVersionId(other)];
  return a.seq === b.seq ? a.ordinal > b.ordinal : a.seq > b.seq;
}

/** The two numbers of an id. */
export function splitVersionId(id: VersionId): { readonly seq: Seq; readonly ordinal: number } {
  const dot = id.indexOf('.');
  return { seq: Number(id.slice(0, dot)), ordinal: Number(id.slice(dot + 1)) };
}
