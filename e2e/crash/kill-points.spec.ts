import { expect, test } from 'vitest';
import { canTrace } from './injection.ts';
import { killPoints } from './kill-points.ts';
import { CLIENT_POINTS, SERVER_POINTS } from './point-victims.ts';

const options = { seed: 3, kills: 0, calls: null, tell: () => undefined };

test.skipIf(!canTrace())(
  'a client that is killed at a rename, link or flush loses nothing (R27) [CRA-03]',
  { timeout: 300_000 },
  async () => {
    const calls = [
      { call: 'rename', step: 1, most: 1 },
      { call: 'link', step: 1, most: 1 },
      { call: 'fsync', step: 1, first: 3, most: 1 },
    ];
    const { counts, failures, logs } = await killPoints(CLIENT_POINTS, calls, options);
    if (failures.length > 0) console.error(logs);
    expect(failures).toEqual([]);
    expect(counts).toMatch(/killed at 1 rename, 1 link, 1 fsync;/);
  },
);

test.skipIf(!canTrace())(
  'a server that is killed while it names and flushes contents loses nothing (R33) [CRA-03]',
  { timeout: 300_000 },
  async () => {
    const calls = [
      { call: 'rename', step: 1, most: 1 },
      { call: 'fdatasync', step: 1, most: 1 },
    ];
    const { counts, failures, logs } = await killPoints(SERVER_POINTS, calls, options);
    if (failures.length > 0) console.error(logs);
    expect(failures).toEqual([]);
    expect(counts).toMatch(/killed at 1 rename, 1 fdatasync;/);
  },
);
