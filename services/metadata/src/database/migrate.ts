import type { DataSource } from 'typeorm';

/** "syncpair" in ASCII; any fixed number that no other program in this database uses. */
const MIGRATION_LOCK = '8319119882036013426';

/** Runs what is missing of the migrations, each in a transaction, one replica at a time. */
export async function migrate(dataSource: DataSource, log: { info(message: string): void }): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    for (const migration of done) log.info(`the database has now ${migration.name}`);
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`).catch(() => undefined);
    await runner.release();
  }
}
