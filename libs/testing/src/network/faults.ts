/** What a `FaultyProxy` does to what passes through it. `up` is towards the server, `down` towards the client. */
export interface Faults {
  /** New connections are refused, as by a machine on which nobody listens. */
  readonly refuse: boolean;
  /** Connections are accepted and nothing passes either way, as behind a dead link. What was held goes on when this ends. */
  readonly blackHole: boolean;
  /** Milliseconds that everything arrives later, each way. */
  readonly delayMs: number;
  /** Each way of each connection; null: unlimited. */
  readonly bytesPerSecond: number | null;
  /** What passes is cut into pieces of at most so many bytes; null: as it comes. */
  readonly pieceBytes: number | null;
  /** Every connection is reset when so many bytes of it went up; null: never. */
  readonly cutUpAfter: number | null;
  readonly cutDownAfter: number | null;
  /** A bit of the byte at this offset of every connection is flipped; null: none. */
  readonly flipUpAt: number | null;
  readonly flipDownAt: number | null;
  /**
   * So many connections are reset at the first byte that comes down after this was set: the server did what it was asked to, and nobody
   * is told. `Infinity`: all.
   */
  readonly dropReplies: number;
  /** The faults meet only connections whose latest request line matches; null: all. */
  readonly only: RegExp | null;
}

export const NO_FAULTS: Faults = {
  refuse: false,
  blackHole: false,
  delayMs: 0,
  bytesPerSecond: null,
  pieceBytes: null,
  cutUpAfter: null,
  cutDownAfter: null,
  flipUpAt: null,
  flipDownAt: null,
  dropReplies: 0,
  only: null,
};
