import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What contents that were put together consist of: `manifest` is the hash of the whole, `chunk` one of its chunks, or its manifest's own
 * content. The rows live exactly as long as the row of the whole in `blob`. A claim lets a directory name a chunk that was uploaded for it and that no version has yet.
 */
const TABLES = [
  `CREATE TABLE manifest_chunk (manifest bytea NOT NULL, chunk bytea NOT NULL, PRIMARY KEY (manifest, chunk))`,
  `CREATE INDEX manifest_chunk_part ON manifest_chunk (chunk, manifest)`,
  `CREATE TABLE chunk_claim (directory integer NOT NULL, hash bytea NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (directory, hash))`,
  `CREATE INDEX chunk_claim_until ON chunk_claim (until)`,
];

/**
 * Processes of the version before may run beside this one for a while, and a collection of theirs for longer. They do not know what consists
 * of what: the database itself refuses to have a part removed, and a content named without its parts, and forgets what a content consisted
 * of whose row goes.
 */
const GUARDS = [
  `CREATE FUNCTION keep_part() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF EXISTS (SELECT FROM manifest_chunk m WHERE m.chunk = NEW.hash) THEN
       NEW.state := 'live';
       NEW.condemned_at := NULL;
     END IF;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER blob_keeps_part BEFORE UPDATE OF state ON blob FOR EACH ROW
   WHEN (NEW.state = 'deleting' AND OLD.state <> 'deleting') EXECUTE FUNCTION keep_part()`,
  `CREATE FUNCTION require_parts() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT EXISTS (SELECT FROM manifest_chunk m WHERE m.manifest = NEW.hash) THEN
       RAISE EXCEPTION 'the content % lies in chunks, and is named without them', encode(NEW.hash, 'hex');
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE CONSTRAINT TRIGGER blob_has_parts AFTER INSERT OR UPDATE OF location ON blob DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
   WHEN (NEW.location LIKE 'manifest:%') EXECUTE FUNCTION require_parts()`,
  `CREATE FUNCTION forget_parts() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     DELETE FROM manifest_chunk WHERE manifest = OLD.hash;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER blob_takes_parts AFTER DELETE ON blob FOR EACH ROW EXECUTE FUNCTION forget_parts()`,
];

const DOWN = [
  `DROP TRIGGER blob_takes_parts ON blob`,
  `DROP TRIGGER blob_has_parts ON blob`,
  `DROP TRIGGER blob_keeps_part ON blob`,
  `DROP FUNCTION forget_parts, require_parts, keep_part`,
  `DROP TABLE chunk_claim`,
  `DROP TABLE manifest_chunk`,
];

export class Chunks1768000000000 implements MigrationInterface {
  readonly name = 'Chunks1768000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...GUARDS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
