/**
 * How the last run of a client on a folder ended. `clean`: as it should, or there was none. `killed`: the process alone, so the system still wrote
 * all that it had been given. `cut`: the machine went down with it, and what was written shortly before may be missing.
 */
export type LastEnd = 'clean' | 'killed' | 'cut';

/**
 * @param running what the run noted of itself and takes back when it ends: the id of the machine's boot, or any other text where that is not
 *   known; null when there is no such note
 * @param boot the id of the boot that is now; null where the platform has none
 */
export function lastEnd(running: string | null, boot: string | null): LastEnd {
  if (running === null) return 'clean';
  return running === boot ? 'killed' : 'cut';
}
