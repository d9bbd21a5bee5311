const GROWING = 5;
const MAX_DELAY_MS = 30_000;

/**
 * Milliseconds to wait before try number `attempt` (0 upwards) after a failure: 1, 2, 4, 8, 16, then 30 s for ever. Spread by a fifth with
 * `random` (0 up to 1), so that clients that lost a server together do not return together; never above 30 s.
 */
export function retryDelayMs(attempt: number, random: number): number {
  if (attempt >= GROWING) return Math.round(MAX_DELAY_MS * (0.8 + 0.2 * random));
  return Math.round(1000 * 2 ** attempt * (0.8 + 0.4 * random));
}
