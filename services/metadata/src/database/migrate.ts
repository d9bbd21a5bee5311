import type { DataSource, QueryRunner } from 'typeorm';
import { DatabaseTooNew } from './database-too-new.ts';

/** "syncpair" in ASCII; any fixed number that no other program in this database uses. */
const MIGRATION_LOCK = '8319119882036013426';

/**
 * Runs what is missing of the migrations, each in a transaction with the note that it ran, one replica at a time. Killed anywhere, the next
 * start finds each of them done or not begun.
 *
 * @throws DatabaseTooNew, having changed nothing
 */
export async function migrate(dataSource: DataSource, log: { info(message: string): void }): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    await refuseNewer(runner, dataSource);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    for (const migration of done) log.info(`the database has now ${migration.name}`);
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`).catch(() => undefined);
    await runner.release();
  }
}

async function refuseNewer(runner: QueryRunner, { migrations }: DataSource): Promise<void> {
  const [table] = (await runner.query(`SELECT to_regclass('migration') IS NOT NULL AS there`)) as { there: boolean }[];
  if (table?.there !== true) return;
  const known = new Set(migrations.map(({ name }) => name));
  const rows = (await runner.query('SELECT name FROM migration ORDER BY id')) as { name: string }[];
  const unknown = rows.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new DatabaseTooNew(unknown);
}
