/** Bytes that come at once where a reader is slower than the line: so much its system takes before the sender may go on. */
const AT_ONCE_BYTES = 64 * 1024;
/** Seconds within which each download that is open moves; whoever sends gives up after three times as long. */
const MOVES_WITHIN_SECONDS = 20;

/** How many downloads may be open at a time, of small contents and of large ones: the small ones never wait for the large ones. */
export interface OpenDownloads {
  readonly small: number;
  readonly large: number;
}

/** As many as a limit (bytes a second, null for none) keeps moving: more of them would look to the server as if nobody read. */
export function openDownloads(limit: number | null): OpenDownloads {
  if (limit === null) return { small: Infinity, large: Infinity };
  const moving = Math.floor((limit * MOVES_WITHIN_SECONDS) / AT_ONCE_BYTES);
  const large = Math.max(Math.floor(moving / 2), 1);
  return { small: Math.max(moving - large, 1), large };
}
