import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `deletion_count` adds up deletions by device and slot of 30 seconds, under an empty device those of the whole directory; `live` is what
 * was live before the slot's first one, null while nobody needed to know. `hold_path` keeps the versions that held changes were made from.
 */
const UP = `
ALTER TABLE directory
  ADD COLUMN open_holds integer NOT NULL DEFAULT 0,
  ADD COLUMN holds_revision integer NOT NULL DEFAULT 0,
  ADD COLUMN hold_limits jsonb,
  ADD COLUMN hold_limits_by text,
  ADD COLUMN hold_limits_at timestamptz;

CREATE TABLE deletion_count (
  directory integer NOT NULL,
  device bytea NOT NULL,
  slot bigint NOT NULL,
  files integer NOT NULL,
  live bigint,
  PRIMARY KEY (directory, device, slot)
) WITH (fillfactor = 70);

CREATE TABLE hold (
  directory integer NOT NULL,
  id text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('deletions', 'overwrites')),
  origin text NOT NULL CHECK (origin IN ('client', 'server')),
  device bytea NOT NULL,
  client text NOT NULL,
  reason text NOT NULL,
  live bigint NOT NULL,
  at timestamptz NOT NULL,
  paths integer NOT NULL DEFAULT 0,
  decision text CHECK (decision IN ('approve', 'reject')),
  decided_by text,
  decided_at timestamptz,
  done integer NOT NULL DEFAULT 0,
  kept integer NOT NULL DEFAULT 0,
  finished boolean NOT NULL DEFAULT false,
  PRIMARY KEY (directory, id)
);
CREATE INDEX hold_open ON hold (directory, device) WHERE decision IS NULL;
CREATE INDEX hold_unfinished ON hold (decided_at) WHERE decision IS NOT NULL AND NOT finished;

CREATE TABLE hold_path (
  directory integer NOT NULL,
  hold text COLLATE "C" NOT NULL,
  path_hash bytea NOT NULL,
  path text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  ordinal integer NOT NULL,
  PRIMARY KEY (directory, hold, path_hash)
);
CREATE INDEX hold_path_order ON hold_path (directory, hold, left(path, 512));
`;

const DOWN = `
DROP TABLE hold_path, hold, deletion_count;
ALTER TABLE directory DROP COLUMN open_holds, DROP COLUMN holds_revision, DROP COLUMN hold_limits, DROP COLUMN hold_limits_by,
  DROP COLUMN hold_limits_at;
`;

export class Holds1765200000000 implements MigrationInterface {
  readonly name = 'Holds1765200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
