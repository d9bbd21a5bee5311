import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `run` is the latest start of the device's client, random: a state that does not follow it is an old one or a clone. */
export class DeviceRun1765300100000 implements MigrationInterface {
  readonly name = 'DeviceRun1765300100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE device ADD COLUMN run text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE device DROP COLUMN run');
  }
}
