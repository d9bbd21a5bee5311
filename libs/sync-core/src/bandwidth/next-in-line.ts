/** Milliseconds after which one who waits goes first, so that many small contents never stop a large one. */
export const LONGEST_PASSED_OVER_MS = 5_000;

/** A transfer that waits to send or receive its next piece. */
export interface InLine {
  /** Bytes of it that have passed. */
  readonly passed: number;
  /** Monotonic milliseconds since when it waits for this piece. */
  readonly since: number;
}

/**
 * The place of the one in `line` (one or more) whose piece passes next: the one of which least has passed, so that a small content overtakes
 * large ones that have begun before it, and large ones share what there is. Who was passed over for long goes first.
 */
export function nextInLine(line: readonly InLine[], now: number): number {
  let longest = 0;
  let least = 0;
  for (const [index, { passed, since }] of line.entries()) {
    if (since < (line[longest] as InLine).since) longest = index;
    const { passed: best, since: bestSince } = line[least] as InLine;
    if (passed < best || (passed === best && since < bestSince)) least = index;
  }
  return now - (line[longest] as InLine).since >= LONGEST_PASSED_OVER_MS ? longest : least;
}
