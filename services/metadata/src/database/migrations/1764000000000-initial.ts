import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A B-tree key holds about 2,700 bytes and a path up to 4,095, so paths are found by their SHA-256 (`path_hash`), and subtrees by the first
 * 512 characters with a recheck. `kind`: 0 tombstone, 1 file, 2 folder, 3 link. `ord` decides among concurrent versions. `since_*` is the
 * version since which the content is the same. Rows of a move (`by_move`) stand in the log as the one line of `move`.
 */
const TABLES = `
CREATE TABLE directory (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text COLLATE "C" NOT NULL UNIQUE,
  name text NOT NULL,
  shared boolean NOT NULL,
  owner text,
  epoch text NOT NULL,
  head_seq bigint NOT NULL DEFAULT 0,
  open_conflicts integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (shared = (owner IS NULL))
) WITH (fillfactor = 50);

CREATE TABLE commit (
  directory integer NOT NULL,
  seq bigint NOT NULL,
  device bytea NOT NULL,
  author text NOT NULL,
  at timestamptz NOT NULL,
  lines integer NOT NULL,
  PRIMARY KEY (directory, seq)
);

CREATE TABLE version (
  directory integer NOT NULL,
  path_hash bytea NOT NULL,
  seq bigint NOT NULL,
  ordinal integer NOT NULL,
  path text COLLATE "C" NOT NULL,
  kind smallint NOT NULL,
  hash bytea,
  size bigint,
  mtime bigint,
  executable boolean,
  target text,
  ord bigint NOT NULL,
  since_seq bigint NOT NULL,
  since_ordinal integer NOT NULL,
  parent_seq bigint,
  parent_ordinal integer,
  device bytea NOT NULL,
  change_id text COLLATE "C",
  lost boolean NOT NULL,
  by_move boolean NOT NULL,
  moved_from text COLLATE "C",
  PRIMARY KEY (directory, path_hash, seq, ordinal)
);
CREATE INDEX version_log ON version (directory, seq, by_move, ordinal);
CREATE INDEX version_content ON version (hash, directory) WHERE hash IS NOT NULL;
CREATE UNIQUE INDEX version_change ON version (directory, device, change_id) WHERE change_id IS NOT NULL;

CREATE TABLE move (
  directory integer NOT NULL,
  seq bigint NOT NULL,
  ordinal integer NOT NULL,
  from_path text COLLATE "C" NOT NULL,
  to_path text COLLATE "C" NOT NULL,
  PRIMARY KEY (directory, seq, ordinal)
);

CREATE TABLE entry (
  directory integer NOT NULL,
  path_hash bytea NOT NULL,
  parent_hash bytea NOT NULL,
  path text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  ordinal integer NOT NULL,
  kind smallint NOT NULL,
  hash bytea,
  size bigint,
  mtime bigint,
  executable boolean,
  target text,
  ord bigint NOT NULL,
  since_seq bigint NOT NULL,
  since_ordinal integer NOT NULL,
  PRIMARY KEY (directory, path_hash)
) WITH (fillfactor = 85);
CREATE INDEX entry_children ON entry (directory, parent_hash) WHERE kind <> 0;
CREATE INDEX entry_subtree ON entry (directory, left(path, 512));

CREATE TABLE blob (
  hash bytea PRIMARY KEY,
  size bigint NOT NULL,
  location text NOT NULL,
  state text NOT NULL DEFAULT 'live' CHECK (state IN ('pending', 'live', 'condemned', 'deleting')),
  stored_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE conflict (
  directory integer NOT NULL,
  seq bigint NOT NULL,
  ordinal integer NOT NULL,
  path text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  base_seq bigint,
  base_ordinal integer,
  winner_seq bigint NOT NULL,
  winner_ordinal integer NOT NULL,
  loser_seq bigint NOT NULL,
  loser_ordinal integer NOT NULL,
  at timestamptz NOT NULL,
  resolved_choice text,
  resolved_by text,
  resolved_at timestamptz,
  PRIMARY KEY (directory, seq, ordinal)
);
CREATE INDEX conflict_open ON conflict (directory, seq, ordinal) WHERE resolved_at IS NULL;
CREATE INDEX conflict_loser ON conflict (directory, loser_seq, loser_ordinal);

CREATE TABLE device (
  id bytea PRIMARY KEY,
  client text NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen timestamptz NOT NULL
);

CREATE TABLE device_directory (
  directory integer NOT NULL,
  device bytea NOT NULL,
  client text NOT NULL,
  cursor bigint NOT NULL,
  applied bigint NOT NULL,
  first_seen timestamptz NOT NULL,
  last_seen timestamptz NOT NULL,
  connected_until timestamptz,
  PRIMARY KEY (directory, device)
) WITH (fillfactor = 50);

CREATE TABLE signing_key (
  name text PRIMARY KEY,
  pem text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
`;

const DROP = 'DROP TABLE signing_key, device_directory, device, conflict, blob, entry, move, version, commit, directory';

export class Initial1764000000000 implements MigrationInterface {
  readonly name = 'Initial1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP);
  }
}
