import { type DevicesResponse, type DirectoryRef, directoryKey } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { readDevices } from '../store/device-repository.ts';
import { findDirectory } from '../store/directory-repository.ts';
import type { DeviceRecorder } from './device-recorder.ts';

/** Who synchronises a directory, and how far each has come. */
export class DevicesService {
  readonly #db: Queryable;
  readonly #recorder: DeviceRecorder;
  readonly #clock: () => number;

  constructor(db: Queryable, recorder: DeviceRecorder, clock: () => number) {
    this.#db = db;
    this.#recorder = recorder;
    this.#clock = clock;
  }

  async list(ref: DirectoryRef): Promise<DevicesResponse> {
    const directory = await findDirectory(this.#db, directoryKey(ref));
    if (directory === null) return { head: '0', devices: [] };
    await this.#recorder.flush();
    const now = this.#clock();
    const devices = await readDevices(this.#db, directory.id);
    return {
      head: String(directory.head),
      devices: devices.map(({ device, client, applied, lastSeen, connectedUntil }) => ({
        device,
        client,
        applied: String(applied),
        connected: connectedUntil !== null && connectedUntil.getTime() > now,
        last_seen: lastSeen.toISOString(),
      })),
    };
  }
}
