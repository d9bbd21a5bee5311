import { describe, expect, test } from 'vitest';
import { styleFor } from '../terminal.ts';
import { type DirectoryReport, judgeBarrier } from './judge-barrier.ts';
import { renderBarrier } from './render-barrier.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const device = (client: string, applied: string, ago = 0) => ({
  device: `${client}-device`,
  client,
  applied,
  connected: ago === 0,
  last_seen: new Date(NOW - ago).toISOString(),
});
const team = (...devices: DirectoryReport['devices']): DirectoryReport => ({
  directory: 'team',
  namespace: 'team',
  seq: '10',
  shared: true,
  devices,
});
const DAY = 86_400_000;

describe('all', () => {
  test('is reached when every device of the last day has applied it', () => {
    const barrier = judgeBarrier([team(device('alice', '3'), device('bob', '10'), device('carol', '11'))], 'all', 'alice');
    expect(barrier.reached).toBe(true);
    expect(barrier.directories[0]?.clients.map(({ client }) => client)).toEqual(['bob', 'carol']);
  });

  test('is not reached while one lags, and compares numbers, not texts', () => {
    expect(judgeBarrier([team(device('alice', '10'), device('bob', '9'))], 'all', 'alice').reached).toBe(false);
  });

  test('leaves out who was not seen for a day, and says so', () => {
    const barrier = judgeBarrier([team(device('alice', '10'), device('bob', '2', DAY + 1), device('carol', '10', DAY))], 'all', 'alice');
    expect(barrier.reached).toBe(true);
    expect(barrier.directories[0]?.left_out).toEqual([
      { client: 'bob', last_seen: new Date(NOW - DAY - 1).toISOString(), reason: 'not seen for 24 hours' },
    ]);
  });

  test('is reached where nobody else is', () => {
    expect(judgeBarrier([team(device('alice', '0'))], 'all', 'alice').reached).toBe(true);
    expect(judgeBarrier([team()], 'all', 'alice').reached).toBe(true);
  });
});

describe('named clients', () => {
  test('are waited for alone, however long they were away', () => {
    const reports = [team(device('alice', '10'), device('bob', '2', 3 * DAY), device('carol', '1'))];
    const barrier = judgeBarrier(reports, ['bob'], 'alice');
    expect(barrier.reached).toBe(false);
    expect(barrier.directories[0]?.left_out.map(({ client, reason }) => [client, reason])).toEqual([['carol', 'not named']]);
  });

  test('count with each of their devices', () => {
    expect(judgeBarrier([team(device('bob', '10'), device('bob', '9'))], ['bob'], 'alice').reached).toBe(false);
  });

  test('that nobody ever saw are waited for', () => {
    const barrier = judgeBarrier([team(device('alice', '10'))], ['dave'], 'alice');
    expect(barrier.reached).toBe(false);
    expect(barrier.directories[0]?.clients).toMatchObject([{ client: 'dave', applied: null, reached: false }]);
  });

  test('that nobody ever saw are not waited for where nobody else can be', () => {
    const barrier = judgeBarrier([team(device('alice', '10')), { ...team(), directory: 'notes', shared: false }], ['dave'], 'alice');
    expect(barrier.directories.map(({ clients }) => clients.length)).toEqual([1, 0]);
    expect(judgeBarrier([{ ...team(), shared: false }], ['dave'], 'alice').reached).toBe(false);
  });

  test('that have another of the directories are not waited for in this one', () => {
    const barrier = judgeBarrier([team(device('bob', '10')), { ...team(), directory: 'notes' }], ['bob'], 'alice');
    expect(barrier.reached).toBe(true);
    expect(barrier.directories[1]?.left_out).toMatchObject([{ client: 'bob', reason: 'does not have this directory' }]);
  });
});

test('is told in lines', () => {
  const barrier = judgeBarrier([team(device('bob', '8', 60_000), device('carol', '10'), device('dave', '1', 2 * DAY))], 'all', 'alice');
  expect(renderBarrier(barrier, NOW, styleFor(false))).toEqual([
    'team at commit 10',
    '  bob    lags by 2 commits  seen 1 min ago',
    '  carol  has it',
    '  dave   left out           not seen for 24 hours, last 2 d ago',
  ]);
});
