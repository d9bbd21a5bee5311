import { type BandwidthLimits, type BandwidthSettings, type OpenDownloads, limitsAt, nextChange, openDownloads } from '@syncpair/sync-core';
import type { Clock } from '../runtime/clock.ts';
import type { Bandwidth, Way } from './bandwidth.ts';
import { Gate, type Passing } from './gate.ts';
import { localMoment } from './local-moment.ts';
import { Seats } from './seats.ts';

/** Keeps all that passes to the limits of a configuration, at each moment to those that hold then. */
export class LimitedBandwidth implements Bandwidth {
  readonly #settings: BandwidthSettings;
  readonly #clock: Clock;
  readonly #gates: Readonly<Record<Way, Gate>>;
  readonly #downloads: Readonly<Record<keyof OpenDownloads, Seats>>;

  constructor(settings: BandwidthSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#gates = {
      upload: new Gate(clock, () => this.limits().upload),
      download: new Gate(clock, () => this.limits().download),
    };
    this.#downloads = {
      small: new Seats(clock, () => openDownloads(this.limits().download).small),
      large: new Seats(clock, () => openDownloads(this.limits().download).large),
    };
  }

  limits(): BandwidthLimits {
    return limitsAt(this.#settings, localMoment(this.#clock.wall()));
  }

  changesAt(): number | null {
    const wall = this.#clock.wall();
    const minutes = nextChange(this.#settings, localMoment(wall));
    if (minutes === null) return null;
    const now = new Date(wall);
    // By its fields, as the hands of the clock will have moved when it is put forward or back meanwhile.
    return new Date(now.getFullYear(), now.getMonth(), now.getDate(), now.getHours(), now.getMinutes() + minutes).getTime();
  }

  beginDownload(size: keyof OpenDownloads, signal?: AbortSignal): Promise<() => void> {
    return this.#downloads[size].take(signal);
  }

  async *pace(way: Way, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const gate = this.#gates[way];
    const passing: Passing = { passed: 0 };
    const release = (): void => gate.release(passing);
    signal?.addEventListener('abort', release);
    try {
      for await (const chunk of bytes) {
        for (let at = 0; at < chunk.length;) {
          const turn = signal?.aborted === true ? chunk.length : gate.pass(passing, chunk.length - at);
          const count = typeof turn === 'number' ? turn : await turn;
          yield chunk.subarray(at, at + count);
          at += count;
        }
      }
    } finally {
      signal?.removeEventListener('abort', release);
    }
  }
}
