import type { Engine } from '../daemon/engine.ts';
import type { SyncServer } from '../server/sync-server.ts';

/** What contents are carried with. */
export interface TransferParts extends Pick<Engine, 'disk' | 'state' | 'clock' | 'uploads' | 'stalled'> {
  readonly server: Omit<SyncServer, 'negotiate' | 'snapshot' | 'downloadMany'>;
}
