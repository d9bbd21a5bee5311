import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What contents that were put together consist of: `manifest` is the hash of the whole, `chunk` one of its chunks, or its manifest's own
 * content. The rows live exactly as long as the row of the whole in `blob`. A claim lets a directory name a chunk that was uploaded for it and that no version has yet.
 */
const UP = [
  `CREATE TABLE manifest_chunk (manifest bytea NOT NULL, chunk bytea NOT NULL, PRIMARY KEY (manifest, chunk))`,
  `CREATE INDEX manifest_chunk_part ON manifest_chunk (chunk, manifest)`,
  `CREATE TABLE chunk_claim (directory integer NOT NULL, hash bytea NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (directory, hash))`,
  `CREATE INDEX chunk_claim_until ON chunk_claim (until)`,
];

const DOWN = [`DROP TABLE chunk_claim`, `DROP TABLE manifest_chunk`];

export class Chunks1768000000000 implements MigrationInterface {
  readonly name = 'Chunks1768000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
