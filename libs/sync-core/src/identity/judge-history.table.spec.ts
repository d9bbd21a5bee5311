import { describe, expect, it } from 'vitest';
import { type HistoryVerdict, type KnownHistory, type ServedHistory, judgeHistory } from './judge-history.ts';

const KNOWN: KnownHistory = { server: 's1', epoch: 'e1', cursor: 5, mark: 'm5' };
const SERVED: ServedHistory = { server: 's1', epoch: 'e1', head: 9, mark: 'm5', dropped: 0 };

const TABLE: [name: string, known: Partial<KnownHistory>, served: Partial<ServedHistory>, verdict: HistoryVerdict][] = [
  ['a client that lags behind', {}, {}, 'same'],
  ['a client at the head', {}, { head: 5 }, 'same'],
  ['a client that has never joined', { epoch: null, cursor: 0, mark: null }, {}, 'none'],
  ['a client of the time before servers had ids', { server: null }, {}, 'same'],
  ['a client of the time before commits had marks', { mark: null }, {}, 'same'],
  ['a client that has joined an empty directory', { cursor: 0, mark: null }, { mark: 'unknown' }, 'same'],
  ['a commit that retention has removed', {}, { mark: 'unknown' }, 'same'],
  ['another server', {}, { server: 's2', epoch: 'e2', head: 0, mark: 'unknown' }, 'other_server'],
  ['another server, whatever else is the same', {}, { server: 's2' }, 'other_server'],
  ['another server for a client that lost its epoch', { epoch: null }, { server: 's2' }, 'other_server'],
  ['a new epoch', {}, { epoch: 'e2' }, 'other_epoch'],
  ['an older backup', {}, { head: 4, mark: 'unknown' }, 'went_back'],
  ['an older backup of which nothing is left', {}, { head: 0, mark: 'unknown' }, 'went_back'],
  ['an older backup that went on to the same place', {}, { head: 5, mark: 'x5' }, 'forked'],
  ['an older backup that went on beyond', {}, { head: 20, mark: 'x5' }, 'forked'],
  ['what expired long ago', {}, { dropped: 5 }, 'same'],
  ['what expired since', {}, { dropped: 6 }, 'expired'],
  ['what expired since, for a client that has read nothing yet', { cursor: 0, mark: null }, { dropped: 1 }, 'expired'],
  ['a backup from before commits had marks', {}, { mark: null }, 'forked'],
];

describe('judgeHistory (R48)', () => {
  it.each(TABLE)('%s', (_name, known, served, verdict) => {
    expect(judgeHistory({ ...KNOWN, ...known }, { ...SERVED, ...served })).toBe(verdict);
  });
});
