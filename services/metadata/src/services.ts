import { DEFAULT_HOLD_LIMITS } from '@syncpair/sync-core';
import type { MetadataOptions } from './metadata-options.ts';
import { GrantSigner } from './auth/grant-signer.ts';
import { loadSigningKey } from './auth/signing-key.ts';
import { CollectorJob } from './collect/collector-job.ts';
import { AvailableContents } from './content/available-contents.ts';
import { ChunkedContents } from './content/chunked-contents.ts';
import { ContentPins } from './content/content-pins.ts';
import { ContentRecovery } from './content/content-recovery.ts';
import { LostContents } from './content/lost-contents.ts';
import { ManifestReader } from './content/manifest-reader.ts';
import { ReceiptVerifier } from './content/receipt-verifier.ts';
import { Database } from './database/database.ts';
import { ConnectedDevices } from './devices/connected-devices.ts';
import { DeviceRecorder } from './devices/device-recorder.ts';
import { DeviceRuns } from './devices/device-runs.ts';
import { DevicesService } from './devices/devices.service.ts';
import { EventHub } from './events/event-hub.ts';
import { Notifications } from './events/notifications.ts';
import { HealthService } from './health/health.service.ts';
import { ApprovedHolds } from './holds/approved-holds.ts';
import { HoldsService } from './holds/holds.service.ts';
import { HistoryService } from './history/history.service.ts';
import { TreeService } from './history/tree.service.ts';
import { ConflictsService } from './conflicts/conflicts.service.ts';
import { RetentionJob } from './retention/retention-job.ts';
import { RetentionService } from './retention/retention.service.ts';
import { RestoreTreeService } from './revert/restore-tree.service.ts';
import { UndoService } from './revert/undo.service.ts';
import { ScriptFilesService } from './script/script-files.service.ts';
import { ScriptSyncService } from './script/script-sync.service.ts';
import { readServerId } from './store/read-server-id.ts';
import type { Directory } from './store/directory-repository.ts';
import { CallCommits } from './sync/call-commits.ts';
import { CommitQueue } from './sync/commit-queue.ts';
import { ChunksService } from './sync/chunks.service.ts';
import { NegotiateService } from './sync/negotiate.service.ts';
import { ReadGrantsService } from './sync/read-grants.service.ts';
import { RecentContents } from './sync/recent-contents.ts';
import { SnapshotService } from './sync/snapshot.service.ts';

/** Everything the controllers speak to, wired by hand: this is the whole dependency graph of the service. */
export interface Services {
  readonly signer: GrantSigner;
  readonly recorder: DeviceRecorder;
  readonly connected: ConnectedDevices;
  readonly hub: EventHub;
  readonly notifications: Notifications;
  readonly negotiate: NegotiateService;
  readonly snapshot: SnapshotService;
  readonly readGrants: ReadGrantsService;
  readonly chunks: ChunksService;
  readonly history: HistoryService;
  readonly tree: TreeService;
  readonly restoreTree: RestoreTreeService;
  readonly undo: UndoService;
  readonly retention: RetentionService;
  readonly retentionJob: RetentionJob;
  readonly conflicts: ConflictsService;
  readonly devices: DevicesService;
  readonly holds: HoldsService;
  readonly approvedHolds: ApprovedHolds;
  readonly scriptSync: ScriptSyncService;
  readonly scriptFiles: ScriptFilesService;
  readonly health: HealthService;
  readonly collector: CollectorJob | null;
}

export async function createServices(options: MetadataOptions, warn: (message: string) => void): Promise<Services> {
  const clock = options.clock ?? Date.now;
  const { options: connection } = options.dataSource;
  const prepared = 'url' in connection && connection.url === options.directDatabaseUrl;
  const database = new Database(options.dataSource, { prepared });
  const signer = new GrantSigner(await loadSigningKey(options.dataSource));
  const store = typeof options.contentStore === 'function' ? options.contentStore(signer) : options.contentStore;
  const serverId = await readServerId(database);
  const recent = new RecentContents();
  const hub = new EventHub({ db: database, contentOf: (hash) => recent.get(hash), warn });
  const notifications = new Notifications(options.directDatabaseUrl, warn);
  const pins = new ContentPins(database, options.pinTimeOf);
  const manifests = new ManifestReader(store);
  const chunked = new ChunkedContents(pins, manifests);
  const recovery = new ContentRecovery(pins, store, chunked);
  const limits = options.hold ?? DEFAULT_HOLD_LIMITS;
  const queue = new CommitQueue(
    database,
    (group) => {
      notifications.tell(group.directory.id, group.directory.head, group.directory.holds.revision);
      hub.committed(group);
    },
    clock,
    (contents, gone) => recovery.recover(contents, gone),
    limits,
  );
  const holdsChanged = (directory: Directory): void => {
    notifications.tell(directory.id, directory.head, directory.holds.revision);
    hub.holdsChanged(directory);
  };
  const approvedHolds = new ApprovedHolds(database, { queue, changed: holdsChanged, warn });
  const recorder = new DeviceRecorder(database, warn, clock);
  const receipts = new ReceiptVerifier(store, clock);
  const available = new AvailableContents(database, { store, receipts, pins, chunked }, warn);
  const commits = new CallCommits(queue);
  const retentionJob = new RetentionJob(database, clock, warn);
  const history = new HistoryService(database, commits);
  const tree = new TreeService(database, serverId);
  return {
    signer,
    recorder,
    connected: new ConnectedDevices(database, warn, clock),
    hub,
    notifications,
    negotiate: new NegotiateService(
      database,
      {
        serverId,
        queue,
        available,
        devices: recorder,
        runs: new DeviceRuns(database, clock),
        grants: signer,
        pins,
        lost: new LostContents(database, receipts, chunked),
        recent,
      },
      clock,
    ),
    snapshot: new SnapshotService(database, tree),
    readGrants: new ReadGrantsService(database, { signer, manifests, warn }, clock),
    chunks: new ChunksService(database, { receipts, pins, signer }, clock),
    history,
    tree,
    restoreTree: new RestoreTreeService(database, commits),
    undo: new UndoService(database, commits),
    retention: new RetentionService(database, retentionJob),
    retentionJob,
    conflicts: new ConflictsService(database, history, clock),
    holds: new HoldsService(database, { limits, approved: approvedHolds, changed: holdsChanged, clock }),
    approvedHolds,
    devices: new DevicesService(database, recorder, clock),
    scriptSync: new ScriptSyncService(database, commits),
    scriptFiles: new ScriptFilesService(database, store, pins, commits),
    health: new HealthService(database, store, serverId),
    collector: options.collect === undefined ? null : new CollectorJob(database, options.collect.upkeep, options.collect.times, warn),
  };
}
