import { randomUUID } from 'node:crypto';
import {
  type Change,
  type DirectoryRef,
  MAX_CHANGES_PER_REQUEST,
  type Outcome,
  type RelativePath,
  type ScriptFileJson,
  type SyncResponseJson,
  type VersionId,
  directoryKey,
  toIsoTime,
} from '@syncpair/contracts';
import { type ScriptFile, type ScriptState, type ServerSide, decideScriptSync } from '@syncpair/sync-core';
import type { Database } from '../database/database.ts';
import { type Directory, ensureDirectory, findDirectory } from '../store/directory-repository.ts';
import { readServerSide } from '../store/script-repository.ts';
import type { CallCommits } from '../sync/call-commits.ts';

/** `POST /sync`: what a script should upload, download and delete. Changes nothing but the deletions it accepts. */
export class ScriptSyncService {
  readonly #database: Database;
  readonly #commits: CallCommits;

  constructor(database: Database, commits: CallCommits) {
    this.#database = database;
    this.#commits = commits;
  }

  async sync(ref: DirectoryRef, client: ScriptState): Promise<SyncResponseJson> {
    const { directory, server } = await this.#read(ref);
    const decision = decideScriptSync(client, server);
    const { survivors, held } = await this.#delete(ref, directory, decision.accepted, server);
    return {
      files_to_upload: decision.upload,
      files_to_download: [...decision.download, ...survivors].map(({ path, file }) => encodeFile(path, file)),
      files_to_delete: decision.delete,
      conflicts: decision.conflicts.map(({ path, client: ours, server: theirs, winner }) => ({
        path,
        client_file: encodeFile(path, ours),
        server_file: encodeFile(path, theirs),
        winner,
      })),
      ...(held.length === 0 ? {} : { held }),
    };
  }

  async #read(ref: DirectoryRef): Promise<{ directory: Directory; server: Map<RelativePath, ServerSide & { version: VersionId }> }> {
    await ensureDirectory(this.#database, ref);
    return this.#database.transaction('snapshot', async (transaction) => {
      const directory = (await findDirectory(transaction, directoryKey(ref))) as Directory;
      return { directory, server: await readServerSide(transaction, directory.id) };
    });
  }

  /** Carries out deletions; those that a concurrent edit outlives, or that a person rejected, are files to be downloaded. */
  async #delete(
    ref: DirectoryRef,
    directory: Directory,
    accepted: readonly { readonly path: RelativePath; readonly at: bigint }[],
    server: ReadonlyMap<RelativePath, { readonly version: VersionId }>,
  ): Promise<{ survivors: { path: RelativePath; file: ScriptFile }[]; held: RelativePath[] }> {
    const held: RelativePath[] = [];
    const survivors: { path: RelativePath; file: ScriptFile }[] = [];
    for (let start = 0; start < accepted.length; start += MAX_CHANGES_PER_REQUEST) {
      const batch = accepted.slice(start, start + MAX_CHANGES_PER_REQUEST);
      const changes: Change[] = batch.map(({ path }) => ({
        op: 'delete',
        id: randomUUID(),
        path,
        base: (server.get(path) as { version: VersionId }).version,
      }));
      const deletionTimes = new Map(batch.map(({ path, at }) => [path, at]));
      const outcomes = await this.#commits.commit({ ref, directory, changes, deletionTimes, origin: { call: 'script' } });
      for (const [index, outcome] of outcomes.entries()) {
        survivors.push(...survivorOf(outcome));
        if (outcome.status === 'held') held.push((batch[index] as { path: RelativePath }).path);
      }
    }
    return { survivors, held };
  }
}

function survivorOf(outcome: Outcome): { path: RelativePath; file: ScriptFile }[] {
  if (outcome.status !== 'superseded' || outcome.head?.state.kind !== 'file') return [];
  const { hash, size, mtime } = outcome.head.state;
  return [{ path: outcome.head.path, file: { hash, size, modified: mtime } }];
}

export const encodeFile = (path: RelativePath, file: ScriptFile): ScriptFileJson => ({
  path,
  hash: file.hash,
  size: file.size,
  modified: toIsoTime(file.modified),
});
