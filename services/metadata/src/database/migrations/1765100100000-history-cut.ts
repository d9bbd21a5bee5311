import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Up to where a history that takes too much room has to expire, however young it is. */
export class HistoryCut1765100100000 implements MigrationInterface {
  readonly name = 'HistoryCut1765100100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE directory ADD COLUMN history_cut_seq bigint NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE directory DROP COLUMN history_cut_seq');
  }
}
