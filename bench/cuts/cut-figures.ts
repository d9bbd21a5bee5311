/** A transfer of a large file that was cut at moments by chance, beside one of the same size that was not. */
export interface CutFigures {
  readonly way: 'up' | 'down';
  readonly mebibytes: number;
  readonly bytesPerSecond: number;
  readonly seed: number;
  /** Bytes that had passed at each cut. */
  readonly cutAt: readonly number[];
  /** Bytes that passed that way in all: without cuts, and with them. */
  readonly passedUncut: number;
  readonly passedCut: number;
}
