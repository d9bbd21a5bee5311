import { DatabaseSync } from 'node:sqlite';
import { prepareSchema } from '../../../../../services/client/src/state/schema.ts';
import { State } from '../../../../../services/client/src/state/state.ts';

let empty: Uint8Array | null = null;

/** A state that lives in memory, from the bytes of an earlier one or new; with the database, whose bytes are what outlives a process. */
export function openState(bytes: Uint8Array | null): { readonly state: State; readonly database: DatabaseSync } {
  const database = new DatabaseSync(':memory:');
  database.deserialize(bytes ?? (empty ??= emptyState()));
  return { state: State.over(database), database };
}

function emptyState(): Uint8Array {
  const database = new DatabaseSync(':memory:');
  prepareSchema(database);
  const bytes = database.serialize();
  database.close();
  return bytes;
}
