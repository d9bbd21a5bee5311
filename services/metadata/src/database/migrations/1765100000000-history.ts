import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What made a version (`call`: null for a device's own sync; `restored_*`: the version it brings back), and how far history has expired.
 *
 * Everything that was replaced up to `released_seq` has no content any more: its hash stands in `gone_hash`, so that the content is
 * referenced by nothing. The rows themselves are dropped up to `dropped_seq`, which every device that counts has passed.
 */
const UP = [
  'ALTER TABLE commit ADD COLUMN call text',
  'ALTER TABLE version ADD COLUMN restored_seq bigint, ADD COLUMN restored_ordinal integer, ADD COLUMN gone_hash bytea',
  `ALTER TABLE directory
     ADD COLUMN retention_days integer,
     ADD COLUMN history_max_bytes bigint,
     ADD COLUMN history_bytes bigint,
     ADD COLUMN history_full boolean NOT NULL DEFAULT false,
     ADD COLUMN released_seq bigint NOT NULL DEFAULT 0,
     ADD COLUMN dropped_seq bigint NOT NULL DEFAULT 0,
     ADD COLUMN measured_seq bigint`,
  'CREATE INDEX commit_time ON commit (directory, at, seq)',
  'CREATE INDEX commit_author ON commit (directory, author, at, seq)',
  'CREATE INDEX conflict_resolved ON conflict (directory, resolved_at) WHERE resolved_at IS NOT NULL',
  'CREATE INDEX conflict_path ON conflict (directory, left(path, 512))',
];

const DOWN = [
  'DROP INDEX conflict_path',
  'DROP INDEX conflict_resolved',
  'DROP INDEX commit_author',
  'DROP INDEX commit_time',
  `ALTER TABLE directory DROP COLUMN measured_seq, DROP COLUMN dropped_seq, DROP COLUMN released_seq, DROP COLUMN history_full,
     DROP COLUMN history_bytes, DROP COLUMN history_max_bytes, DROP COLUMN retention_days`,
  'ALTER TABLE version DROP COLUMN gone_hash, DROP COLUMN restored_ordinal, DROP COLUMN restored_seq',
  'ALTER TABLE commit DROP COLUMN call',
];

export class History1765100000000 implements MigrationInterface {
  readonly name = 'History1765100000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
