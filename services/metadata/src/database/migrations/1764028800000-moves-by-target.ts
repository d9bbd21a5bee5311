import type { MigrationInterface, QueryRunner } from 'typeorm';

/** History follows a path back through moves: the latest one to the path or to a folder above it, also where there were many others. */
export class MovesByTarget1764028800000 implements MigrationInterface {
  readonly name = 'MovesByTarget1764028800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX move_target ON move (directory, left(to_path, 512), seq, ordinal)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX move_target');
  }
}
