/** Bytes of packs to be read for one of the contents that were asked for. */
export interface Piece {
  readonly pack: string;
  readonly offset: number;
  readonly length: number;
}

/** One read that serves several pieces of a pack. */
export interface Span<P extends Piece> {
  readonly pack: string;
  readonly start: number;
  readonly end: number;
  readonly pieces: readonly P[];
}

/** Bytes between two pieces that are cheaper read and dropped than skipped with another call. */
const MAX_GAP = 16 * 1024;
const MAX_SPAN = 1024 * 1024;
/** Bytes from which a piece is read by itself, so that its memory belongs to nobody else. */
export const LARGE = 64 * 1024;

/** The reads for these pieces. What was stored together lies together, so a thousand small contents often come with one or two reads. */
export function planReads<P extends Piece>(pieces: readonly P[]): Span<P>[] {
  const sorted = pieces.toSorted((a, b) => (a.pack < b.pack ? -1 : a.pack > b.pack ? 1 : a.offset - b.offset));
  const spans: { pack: string; start: number; end: number; pieces: P[] }[] = [];
  for (const piece of sorted) {
    const end = piece.offset + piece.length;
    const open = spans.at(-1);
    const isNear = open !== undefined && open.pack === piece.pack && piece.offset - open.end <= MAX_GAP && end - open.start <= MAX_SPAN;
    const joins = isNear && [piece, ...open.pieces.slice(0, 1)].every(({ length }) => length < LARGE);
    if (joins) {
      open.end = Math.max(open.end, end);
      open.pieces.push(piece);
    } else spans.push({ pack: piece.pack, start: piece.offset, end, pieces: [piece] });
  }
  return spans;
}
