import { type DirectoryStatus, type Status, directoryKey } from '@syncpair/contracts';
import type { ClientConfig, DirectoryConfig } from '../config/config.ts';
import { readOfflineStatus } from '../state/offline-status.ts';
import { probeServer } from './probe-server.ts';

/** What can be told while no daemon runs: what the last one left behind, and never "in sync". */
export async function offlineStatus(config: ClientConfig): Promise<Status> {
  const read = config.directories.filter(({ enabled }) => enabled).map((directory) => describe(config, directory));
  return {
    client: config.clientId,
    running: false,
    server: {
      url: config.server,
      reachable: await probeServer(config.server),
      epoch: read.find(({ epoch }) => epoch !== null)?.epoch ?? null,
    },
    directories: read.map(({ status }) => status),
    bandwidth: null,
  };
}

function describe(config: ClientConfig, directory: DirectoryConfig): { epoch: string | null; status: DirectoryStatus } {
  const left = readOfflineStatus(directory.localPath);
  const { files = 0, bytes = 0, deletions = 0 } = left?.pending ?? {};
  return {
    epoch: left?.epoch ?? null,
    status: {
      name: directory.name,
      namespace: left?.namespace ?? directoryKey({ client_id: config.clientId, name: directory.name, shared: directory.shared }),
      local_path: directory.localPath,
      state: 'offline',
      in_sync: false,
      cursor: left?.cursor ?? '0',
      // What changed here since the daemon ended is not known without a scan.
      pending: { upload: { files: 0, bytes: 0 }, download: { files, bytes }, delete: deletions },
      problems: [...(left?.problems ?? [])],
      conflicts: left?.conflicts ?? 0,
      holds: left?.holds ?? 0,
      frozen: 0,
      watch: { mode: 'polling', coverage: 0, reason: null },
      notice: left?.notice ?? null,
      last_sync: left?.lastSync ?? null,
    },
  };
}
