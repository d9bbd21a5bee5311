import { describe, expect, it } from 'vitest';
import { judgeDevice } from './judge-device.ts';
import { type ClaimedRun, type RememberedRun, type RunVerdict, judgeRun } from './judge-run.ts';

const CLAIMED: ClaimedRun = { id: 'r3', follows: ['r2'], rejoins: false, cursor: 5 };
const REMEMBERED: RememberedRun = { id: 'r2', cursor: 5 };

const TABLE: [name: string, claimed: Partial<ClaimedRun>, remembered: Partial<RememberedRun> | null, verdict: RunVerdict][] = [
  ['a device that was never seen', {}, null, 'accepted'],
  ['a device of the time before runs', {}, { id: null }, 'accepted'],
  ['the next run', {}, {}, 'accepted'],
  ['the same run again', { follows: [] }, { id: 'r3', cursor: 9 }, 'accepted'],
  ['a run after some that reached no server', { follows: ['r2', 'x', 'y'] }, {}, 'accepted'],
  ['a run after one whose answer was lost', { follows: ['r1', 'r2'] }, {}, 'accepted'],
  ['the state of the same run, from before its last changes', { cursor: 4 }, {}, 'old_state'],
  ['a state from before the last run', { follows: ['r1'] }, {}, 'old_state'],
  ['the run that was at work when its clone started', { id: 'r2', follows: [] }, { id: 'r3' }, 'old_state'],
  ['an old state that knows that it is one', { follows: ['r1'], cursor: 1, rejoins: true }, {}, 'accepted'],
];

describe('judgeRun (R49)', () => {
  it.each(TABLE)('%s', (_name, claimed, remembered, verdict) => {
    expect(judgeRun({ ...CLAIMED, ...claimed }, remembered === null ? null : { ...REMEMBERED, ...remembered })).toBe(verdict);
  });
});

describe('judgeDevice (R49)', () => {
  const place = { machine: 'm', inode: '1' };
  it.each([
    ['a state of the time before places', null, place, 'same'],
    ['the folder where it was, or moved on its disk', place, place, 'same'],
    ['a copy on the same machine', place, { ...place, inode: '2' }, 'copied'],
    ['a copy of the disk in another machine', place, { ...place, machine: 'n' }, 'copied'],
  ] as const)('%s', (_name, known, found, verdict) => {
    expect(judgeDevice(known, found)).toBe(verdict);
  });
});
