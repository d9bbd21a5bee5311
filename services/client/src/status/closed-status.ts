import { type DirectoryStatus, directoryKey } from '@syncpair/contracts';
import type { ClientConfig, DirectoryConfig } from '../config/config.ts';

/** What is to be told of a directory that could not be opened. */
export function closedStatus(
  client: ClientConfig,
  config: DirectoryConfig,
  failure: { readonly code: string; readonly message: string },
): DirectoryStatus {
  return {
    name: config.name,
    namespace: directoryKey({ client_id: client.clientId, name: config.name, shared: config.shared }),
    local_path: config.localPath,
    state: 'error',
    in_sync: false,
    cursor: '0',
    pending: { upload: { files: 0, bytes: 0 }, download: { files: 0, bytes: 0 }, delete: 0 },
    problems: [{ path: '.', ...failure }],
    conflicts: 0,
    holds: 0,
    frozen: 0,
    watch: { mode: 'polling', coverage: 0, reason: null },
    last_sync: null,
  };
}
