import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `server_identity` has one row: which server this is, for as long as its database or a copy of it lives. `mark` is random for each commit,
 * so that a log that went back and on again is told from the one it was; commits from before have none.
 */
export class ServerIdentity1765300000000 implements MigrationInterface {
  readonly name = 'ServerIdentity1765300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE server_identity (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        id text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query("INSERT INTO server_identity (id) VALUES (replace(gen_random_uuid()::text, '-', ''))");
    await runner.query('ALTER TABLE commit ADD COLUMN mark text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE commit DROP COLUMN mark');
    await runner.query('DROP TABLE server_identity');
  }
}
