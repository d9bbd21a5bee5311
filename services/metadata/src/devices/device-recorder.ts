import type { Seq } from '@syncpair/contracts';
import type { Database } from '../database/database.ts';
import { type DeviceSighting, recordSightings } from '../store/device-repository.ts';

/** Milliseconds for which sightings are gathered into one statement. */
const GATHER_MS = 50;
/** Milliseconds after which a device that reports nothing new is written down again. */
const REFRESH_MS = 60_000;
/** Sightings remembered to tell whether one is news. */
const MAX_REMEMBERED = 50_000;

/**
 * Writes down which device was seen in which directory, and how far it is, beside the requests and never in their way: a sighting that is
 * lost is made again by the device's next request.
 */
export class DeviceRecorder {
  readonly #database: Database;
  readonly #warn: (message: string) => void;
  readonly #clock: () => number;
  readonly #known = new Map<string, { readonly applied: Seq; readonly cursor: Seq; readonly at: number }>();
  #gathered = new Map<string, DeviceSighting>();
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(database: Database, warn: (message: string) => void, clock: () => number) {
    this.#database = database;
    this.#warn = warn;
    this.#clock = clock;
  }

  seen(sighting: Omit<DeviceSighting, 'at'>): void {
    const at = this.#clock();
    const key = `${sighting.directory} ${sighting.device}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.applied === sighting.applied && known.cursor === sighting.cursor && at - known.at < REFRESH_MS) return;
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(key, { applied: sighting.applied, cursor: sighting.cursor, at });
    this.#gathered.set(key, { ...sighting, at });
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#writing.then(() => this.#write());
    }, GATHER_MS);
  }

  /** Writes what is gathered. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#writing;
    await this.#write();
  }

  async #write(): Promise<void> {
    const sightings = [...this.#gathered.values()];
    this.#gathered = new Map();
    if (sightings.length === 0) return;
    try {
      await recordSightings(this.#database, sightings);
    } catch (error) {
      for (const { directory, device } of sightings) this.#known.delete(`${directory} ${device}`);
      this.#warn(`${sightings.length} sightings of devices were not written: ${(error as Error).message}`);
    }
  }
}
