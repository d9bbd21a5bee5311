import { statfsSync } from 'node:fs';

/** Of Linux, as `statfs` tells them: what other machines change there comes without events. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x65735546, 'FUSE'],
  [0x786f4256, 'a shared folder of VirtualBox'],
]);

/** The kind of file system on which other machines may make changes unseen, or null for any other. */
export const networkKind = (type: number): string | null => NETWORK.get(type) ?? null;

/** What lies at `folder`, as `networkKind`; null where that cannot be told. */
export function networkFileSystemOf(folder: string): string | null {
  if (process.platform !== 'linux') return null;
  try {
    return networkKind(statfsSync(folder).type);
  } catch {
    // A folder that is not there is told of elsewhere.
    return null;
  }
}
