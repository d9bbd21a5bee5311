import type pg from 'pg';
import { QueryFailedError, type QueryRunner } from 'typeorm';
import { statementName } from './statement-name.ts';

/** Runs one statement on the connection of `runner`. `prepared`: PostgreSQL keeps its plan with the connection, and it is not read again. */
export async function runSql<Row>(runner: QueryRunner, sql: string, parameters: readonly unknown[], prepared: boolean): Promise<Row[]> {
  // What has no parameters may be several statements, and what it costs to read it is little.
  const name = prepared && parameters.length > 0 ? statementName(sql) : null;
  if (name !== null) {
    if (runner.isReleased) throw new Error('a question was asked on a connection that was given back');
    const client = (await runner.connect()) as pg.PoolClient;
    return (await client.query({ name, text: sql, values: [...parameters] })).rows as Row[];
  }
  try {
    const result = await runner.query(sql, parameters as unknown[], true);
    return (result.records ?? []) as Row[];
  } catch (error) {
    // TypeORM's own error carries the parameters, which belong to users and must not reach a log.
    throw error instanceof QueryFailedError ? error.driverError : error;
  }
}
