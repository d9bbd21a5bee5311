import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What garbage collection needs to know of a content: until when somebody may be uploading it (`pinned_until`), and since when nothing has
 * referred to it (`condemned_at`). `stored_at` is when the row was made, and never changes. `lost`: versions name it and its bytes are gone.
 * A volume is a group of contents that the store removes as one; a retired one holds nothing that a row points to.
 */
const UP = [
  `ALTER TABLE blob ADD COLUMN pinned_until timestamptz NOT NULL DEFAULT '-infinity'`,
  `ALTER TABLE blob ADD COLUMN condemned_at timestamptz`,
  `ALTER TABLE blob DROP CONSTRAINT blob_state_check`,
  `ALTER TABLE blob ADD CONSTRAINT blob_state_check CHECK (state IN ('pending', 'live', 'condemned', 'deleting', 'lost'))`,
  `CREATE INDEX blob_unwanted ON blob (condemned_at) WHERE state = 'condemned'`,
  `CREATE INDEX blob_deleting ON blob (hash) WHERE state = 'deleting'`,
  `CREATE INDEX blob_lost ON blob (hash) WHERE state = 'lost'`,
  `CREATE TABLE retired_volume (id text COLLATE "C" PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE upkeep (name text PRIMARY KEY, place bytea NOT NULL, at timestamptz NOT NULL DEFAULT now())`,
];

const DOWN = [
  `DROP INDEX blob_unwanted, blob_deleting, blob_lost`,
  `DROP TABLE upkeep`,
  `DROP TABLE retired_volume`,
  `DELETE FROM blob WHERE state = 'lost'`,
  `ALTER TABLE blob DROP CONSTRAINT blob_state_check`,
  `ALTER TABLE blob ADD CONSTRAINT blob_state_check CHECK (state IN ('pending', 'live', 'condemned', 'deleting'))`,
  `ALTER TABLE blob DROP COLUMN condemned_at, DROP COLUMN pinned_until`,
];

export class BlobPins1765400000000 implements MigrationInterface {
  readonly name = 'BlobPins1765400000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
