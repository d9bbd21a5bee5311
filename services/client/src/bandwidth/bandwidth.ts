import type { BandwidthLimits, OpenDownloads } from '@syncpair/sync-core';

/** Which way contents travel. */
export type Way = keyof BandwidthLimits;

/** What contents pass on their way to the server and back, so that all directories together keep to the limits. */
export interface Bandwidth {
  /**
   * The bytes of one content, or of one request of many, as fast as its share of the limit lets them pass. Whoever waits when `signal` ends
   * the work waits no longer: what was given up fails by itself.
   */
  pace(way: Way, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncIterable<Uint8Array>;

  /**
   * Resolves when one more download may be open: under a low limit each of many would look to the server as if nobody read. Asked for before
   * the request, with what ends the download to be called once. Nobody waits any longer when `signal` ends the work.
   */
  beginDownload(size: keyof OpenDownloads, signal?: AbortSignal): Promise<() => void>;

  /** The limits that hold now. */
  limits(): BandwidthLimits;

  /** When other limits hold, by the clock on the wall: milliseconds since 1970; null: never. */
  changesAt(): number | null;
}
