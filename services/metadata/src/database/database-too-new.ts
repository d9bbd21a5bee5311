/** The database was used by a SyncPair whose schema this one does not know; the message is for a user as it is. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew';

  /** @param migrations that this build does not have */
  constructor(migrations: readonly string[]) {
    super(
      `a newer SyncPair has changed the database (${migrations.join(', ')}): start that version, or restore a backup from before into a new storage`,
    );
  }
}
