import type { ContentHash, Nanoseconds, RelativePath } from '@syncpair/contracts';

/** A file as the specification's calls speak of it. */
export interface ScriptFile {
  readonly hash: ContentHash;
  /** Bytes. */
  readonly size: number;
  readonly modified: Nanoseconds;
}

/** What the server has at a path: a file, the time of its deletion, or something that these calls do not speak of (a folder, a link). */
export type ServerSide =
  ({ readonly kind: 'file' } & ScriptFile) | { readonly kind: 'deleted'; readonly at: Nanoseconds } | { readonly kind: 'other' };

export interface ScriptState {
  readonly files: ReadonlyMap<RelativePath, ScriptFile>;
  /** When the client deleted what it has no more. */
  readonly deleted: ReadonlyMap<RelativePath, Nanoseconds>;
  /** When the client last synchronised; null when it never did. */
  readonly lastSync: Nanoseconds | null;
}

export interface ScriptConflict {
  readonly path: RelativePath;
  readonly client: ScriptFile;
  readonly server: ScriptFile;
  readonly winner: 'client' | 'server';
}

/** What `POST /sync` answers, and the deletions it carries out. Each list is in the order of paths. */
export interface ScriptSyncDecision {
  readonly upload: readonly RelativePath[];
  readonly download: readonly { readonly path: RelativePath; readonly file: ScriptFile }[];
  /** What the client should delete. */
  readonly delete: readonly RelativePath[];
  readonly conflicts: readonly ScriptConflict[];
  /** Deletions by the client that the server accepts, with their times. */
  readonly accepted: readonly { readonly path: RelativePath; readonly at: Nanoseconds }[];
}

/**
 * The specification's own negotiation: full maps and clocks, without versions.
 *
 * - The newer of two contents wins. Unless exactly one side changed it since the last sync, that is also a conflict, so that the client
 *   can keep what it is about to lose; ties go to the greater hash.
 * - A deletion removes what was not modified after it; what was modified after it is preserved.
 * - What the client does not mention was not deleted by it: absence is not deletion.
 */
export function decideScriptSync(client: ScriptState, server: ReadonlyMap<RelativePath, ServerSide>): ScriptSyncDecision {
  const upload: RelativePath[] = [];
  const download: ScriptSyncDecision['download'][number][] = [];
  const remove: RelativePath[] = [];
  const conflicts: ScriptConflict[] = [];
  const accepted: ScriptSyncDecision['accepted'][number][] = [];
  const changed = (file: ScriptFile): boolean => client.lastSync === null || file.modified > client.lastSync;

  const both = (path: RelativePath, ours: ScriptFile, theirs: ScriptFile): void => {
    if (ours.hash === theirs.hash) return;
    const winner = newer(ours, theirs) ? 'client' : 'server';
    if (changed(ours) === changed(theirs)) conflicts.push({ path, client: ours, server: theirs, winner });
    if (winner === 'client') upload.push(path);
    else download.push({ path, file: theirs });
  };

  for (const path of sortedUnion(client.files, client.deleted, server)) {
    const here = client.files.get(path);
    const there = server.get(path);
    const deletedAt = client.deleted.get(path);
    if (here !== undefined) {
      if (there === undefined || (there.kind === 'deleted' && here.modified > there.at)) upload.push(path);
      else if (there.kind === 'deleted') remove.push(path);
      else if (there.kind === 'file') both(path, here, there);
    } else if (there?.kind === 'file') {
      if (deletedAt !== undefined && there.modified <= deletedAt) accepted.push({ path, at: deletedAt });
      else download.push({ path, file: there });
    }
  }
  return { upload, download, delete: remove, conflicts, accepted };
}

const newer = (a: ScriptFile, b: ScriptFile): boolean => (a.modified === b.modified ? a.hash > b.hash : a.modified > b.modified);

function sortedUnion(...maps: readonly ReadonlyMap<RelativePath, unknown>[]): RelativePath[] {
  const paths = new Set<RelativePath>();
  for (const map of maps) for (const path of map.keys()) paths.add(path);
  return [...paths].sort();
}
