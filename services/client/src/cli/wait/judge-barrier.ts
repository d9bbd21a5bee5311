import type { Device } from '@syncpair/contracts';

/** Who has what this client had when it asked. The document of `wait --json`. */
export interface Barrier {
  readonly reached: boolean;
  /** True: the server has all of it. */
  readonly sent: boolean;
  readonly directories: readonly {
    readonly directory: string;
    readonly namespace: string;
    /** The sequence number that has to be applied. */
    readonly seq: string;
    readonly clients: readonly {
      readonly client: string;
      readonly device: string | null;
      readonly applied: string | null;
      readonly reached: boolean;
      readonly connected: boolean;
      readonly last_seen: string | null;
    }[];
    readonly left_out: readonly { readonly client: string; readonly last_seen: string | null; readonly reason: string }[];
  }[];
}

export interface DirectoryReport {
  readonly directory: string;
  readonly namespace: string;
  readonly seq: string;
  readonly shared: boolean;
  readonly devices: readonly Device[];
}

/** `all` counts the devices that were seen in this time before the latest sign of life of any of them. */
const RECENT_MS = 24 * 3_600_000;

/**
 * A client counts with each of its devices. A named one that is no device of a directory is waited for only when it is a device of none of
 * them: then it may be about to join one that is shared. This client itself has everything by definition.
 */
export function judgeBarrier(reports: readonly DirectoryReport[], wanted: readonly string[] | 'all', self: string): Barrier {
  const known = new Set(reports.flatMap(({ devices }) => devices.map(({ client }) => client)));
  // The server's own clock: this client was seen just now.
  const now = Math.max(...reports.flatMap(({ devices }) => devices.map((device) => Date.parse(device.last_seen))));
  const anyShared = reports.some(({ shared }) => shared);
  const directories = reports.map(({ directory, namespace, seq, shared, devices }) => {
    const others = devices.filter(({ client }) => client !== self);
    const isRecent = (device: Device): boolean => now - Date.parse(device.last_seen) <= RECENT_MS;
    const counted = others.filter((device) => (wanted === 'all' ? isRecent(device) : wanted.includes(device.client)));
    const missing = wanted === 'all' ? [] : wanted.filter((name) => name !== self && !others.some(({ client }) => client === name));
    const mayJoin = (name: string): boolean => !known.has(name) && (shared || !anyShared);
    return {
      directory,
      namespace,
      seq,
      clients: [
        ...counted.map((device) => ({
          client: device.client,
          device: device.device,
          applied: device.applied,
          reached: Number(device.applied) >= Number(seq),
          connected: device.connected,
          last_seen: device.last_seen,
        })),
        ...missing
          .filter(mayJoin)
          .map((client) => ({ client, device: null, applied: null, reached: false, connected: false, last_seen: null })),
      ],
      left_out: [
        ...others
          .filter((device) => !counted.includes(device))
          .map(({ client, last_seen }) => ({ client, last_seen, reason: wanted === 'all' ? 'not seen for 24 hours' : 'not named' })),
        ...missing.filter((name) => !mayJoin(name)).map((client) => ({ client, last_seen: null, reason: 'does not have this directory' })),
      ],
    };
  });
  return { reached: directories.every(({ clients }) => clients.every(({ reached }) => reached)), sent: true, directories };
}
