import type { MetadataOptions } from './metadata-options.ts';
import { GrantSigner } from './auth/grant-signer.ts';
import { loadSigningKey } from './auth/signing-key.ts';
import { AvailableContents } from './content/available-contents.ts';
import type { ContentStore } from './content/content-store.ts';
import { ReceiptVerifier } from './content/receipt-verifier.ts';
import { Database } from './database/database.ts';
import { DeviceRecorder } from './devices/device-recorder.ts';
import { EventHub } from './events/event-hub.ts';
import { Notifications } from './events/notifications.ts';
import { CommitQueue } from './sync/commit-queue.ts';
import { NegotiateService } from './sync/negotiate.service.ts';
import { ReadGrantsService } from './sync/read-grants.service.ts';
import { RecentContents } from './sync/recent-contents.ts';
import { SnapshotService } from './sync/snapshot.service.ts';

/** Everything the controllers speak to, wired by hand: this is the whole dependency graph of the service. */
export interface Services {
  readonly database: Database;
  readonly store: ContentStore;
  readonly signer: GrantSigner;
  readonly devices: DeviceRecorder;
  readonly hub: EventHub;
  readonly notifications: Notifications;
  readonly queue: CommitQueue;
  readonly negotiate: NegotiateService;
  readonly snapshot: SnapshotService;
  readonly readGrants: ReadGrantsService;
}

export async function createServices(options: MetadataOptions, warn: (message: string) => void): Promise<Services> {
  const clock = options.clock ?? Date.now;
  const database = new Database(options.dataSource);
  const signer = new GrantSigner(await loadSigningKey(options.dataSource));
  const store = typeof options.contentStore === 'function' ? options.contentStore(signer) : options.contentStore;
  const recent = new RecentContents();
  const hub = new EventHub({ db: database, contentOf: (hash) => recent.get(hash), warn });
  const notifications = new Notifications(options.directDatabaseUrl, warn);
  const queue = new CommitQueue(
    database,
    (group) => {
      notifications.tell(group.directory.id, group.directory.head);
      hub.committed(group);
    },
    clock,
  );
  const devices = new DeviceRecorder(database, warn, clock);
  const available = new AvailableContents(database, store, new ReceiptVerifier(store, clock), warn);
  return {
    database,
    store,
    signer,
    devices,
    hub,
    notifications,
    queue,
    negotiate: new NegotiateService(database, { queue, available, devices, grants: signer, recent }, clock),
    snapshot: new SnapshotService(database),
    readGrants: new ReadGrantsService(database, signer, clock),
  };
}
