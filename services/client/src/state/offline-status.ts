import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Problem } from '@syncpair/contracts';
import { readNotice } from '../identity/notice.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { STATE_FILE } from './state.ts';

/** What the state file of a directory tells when no daemon runs. */
export interface OfflineStatus {
  readonly cursor: string;
  readonly epoch: string | null;
  readonly namespace: string | null;
  /** ISO 8601. */
  readonly lastSync: string | null;
  readonly notice: { readonly at: string; readonly message: string } | null;
  readonly conflicts: number;
  readonly holds: number;
  readonly pending: { readonly files: number; readonly bytes: number; readonly deletions: number };
  readonly problems: readonly Problem[];
}

/** Reads the state in a folder without changing anything; null when there is none that can be read. */
export function readOfflineStatus(localPath: string): OfflineStatus | null {
  const file = join(localPath, STATE_FILE);
  if (!existsSync(file)) return null;
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version !== SCHEMA_VERSION) return null;
    const facts = new Map(
      (database.prepare('SELECT key, value FROM meta').all() as { key: string; value: string }[]).map((row) => [row.key, row.value]),
    );
    return {
      cursor: facts.get('cursor') ?? '0',
      epoch: facts.get('epoch') ?? null,
      namespace: facts.get('namespace') ?? null,
      lastSync: facts.get('last_sync') ?? null,
      notice: readNotice({ fact: (name) => facts.get(name) ?? null }),
      conflicts: Number(facts.get('conflicts') ?? 0),
      holds: countHolds(database, facts.get('holds')),
      pending: database
        .prepare(
          "SELECT count(*) FILTER (WHERE kind <> 'tombstone') AS files, coalesce(sum(size), 0) AS bytes, count(*) FILTER (WHERE kind = 'tombstone') AS deletions FROM remote",
        )
        .get() as unknown as OfflineStatus['pending'],
      problems: database.prepare('SELECT path, code, message FROM problem ORDER BY path').all() as unknown as Problem[],
    };
  } catch {
    // A file that cannot be read tells nothing; the daemon is the one to say why when it starts.
    return null;
  } finally {
    database?.close();
  }
}

/** Those of this client, and those of others that the server told of. */
function countHolds(database: DatabaseSync, known: string | undefined): number {
  const own = (database.prepare('SELECT id FROM hold').all() as { id: string }[]).map(({ id }) => id);
  const told = known === undefined ? [] : (JSON.parse(known) as { open: { id: string }[] }).open.map(({ id }) => id);
  return new Set([...own, ...told]).size;
}
