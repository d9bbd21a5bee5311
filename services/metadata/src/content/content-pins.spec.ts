import { hash as digest } from 'node:crypto';
import type { ContentHash } from '@syncpair/contracts';
import { type TestDatabase, testDatabase } from '@syncpair/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { ContentPins } from './content-pins.ts';

let server: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  server = await testDatabase();
  dataSource = await openDatabase({ url: server.url, log: { info: () => undefined, warn: () => undefined } });
});
afterAll(async () => {
  await dataSource.destroy();
  await server.close();
});

const content = (text: string) => ({ hash: digest('sha256', text) as ContentHash, size: text.length });

async function stateOf({ hash }: { hash: ContentHash }): Promise<string | undefined> {
  const rows: { state: string }[] = await dataSource.query('SELECT state FROM blob WHERE hash = $1', [Buffer.from(hash, 'hex')]);
  return rows[0]?.state;
}

it('pins at once what nobody removes, and nothing when asked for nothing', async () => {
  const pins = new ContentPins(new Database(dataSource), undefined, () => Promise.reject(new Error('it waited')));
  await pins.pin([content('one'), content('two'), content('one')]);
  await pins.pin([content('one')]);
  await pins.pin([]);
  expect([await stateOf(content('one')), await stateOf(content('two'))]).toEqual(['pending', 'pending']);
});

it('pins what is being removed once it is gone, and the rest before', async () => {
  const [removed, other] = [content('removed'), content('other')];
  await new ContentPins(new Database(dataSource)).pin([removed]);
  await dataSource.query(`UPDATE blob SET state = 'deleting' WHERE hash = $1`, [Buffer.from(removed.hash, 'hex')]);
  let pauses = 0;
  const pins = new ContentPins(new Database(dataSource), undefined, async () => {
    pauses += 1;
    expect([await stateOf(removed), await stateOf(other)]).toEqual(['deleting', 'pending']);
    if (pauses === 3) await dataSource.query('DELETE FROM blob WHERE hash = $1', [Buffer.from(removed.hash, 'hex')]);
  });
  await pins.pin([removed, other]);
  expect([pauses, await stateOf(removed)]).toEqual([3, 'pending']);
});
