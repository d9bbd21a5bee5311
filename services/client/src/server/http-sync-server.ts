import { askChunks } from './ask-chunks.ts';
import type { DirectoryLink } from './directory-link.ts';
import { downloadInOrder } from './download-in-order.ts';
import { downloadMany } from './download-many.ts';
import { downloadOne } from './download-one.ts';
import { negotiate } from './negotiate-call.ts';
import { readGrants } from './read-grants.ts';
import { readManifest } from './read-manifest.ts';
import { snapshot } from './snapshot-call.ts';
import type { SyncServer } from './sync-server.ts';
import { putManifest, uploadMany, uploadOne } from './upload-calls.ts';

export interface SyncServerOptions extends DirectoryLink {
  /** A conflict also leaves its loser as a file beside the winner. */
  readonly conflictCopies: boolean;
}

/** The server behind HTTP, as the engine of one directory uses it. */
export function createSyncServer(options: SyncServerOptions): SyncServer {
  return {
    negotiate: (request) => negotiate(options, options.conflictCopies, request),
    snapshot: () => snapshot(options),
    uploadMany: (grants, contents) => uploadMany(options, grants, contents),
    uploadOne: (grant, hash, size, bytes) => uploadOne(options, grant, hash, size, bytes),
    askChunks: (hashes, receipts) => askChunks(options, hashes, receipts),
    putManifest: (grant, content, proofs) => putManifest(options, grant, content, proofs),
    readGrants: (hashes) => readGrants(options, hashes),
    readManifest: (hash) => readManifest(options, hash),
    downloadInOrder: (hashes) => downloadInOrder(options, hashes),
    downloadMany: (hashes) => downloadMany(options, hashes),
    downloadOne: (hash, start) => downloadOne(options, hash, start),
  };
}
