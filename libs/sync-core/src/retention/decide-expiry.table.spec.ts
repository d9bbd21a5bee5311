import type { VersionId } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { type AgedVersion, decideExpiry } from './decide-expiry.ts';

/** `1.0` a file, `2.0-` a deletion, `3.0?` a lost file. */
const version = (text: string): AgedVersion => ({
  version: text.replace(/[-?]$/, '') as VersionId,
  kind: text.endsWith('-') ? 'tombstone' : 'file',
  lost: text.endsWith('?'),
});

test.each<[name: string, versions: string[], sides: string[], head: string, expired: string[], forgotten: boolean]>([
  ['a head stays', ['1.0'], [], '1.0', [], false],
  ['what it replaced goes', ['1.0', '2.0'], [], '2.0', ['1.0'], false],
  ['the head of the moment stays, though it is replaced since', ['1.0', '2.0'], [], '9.0', ['1.0'], false],
  ['in any order, and by number', ['10.0', '9.0', '9.2', '9.10'], [], '10.0', ['9.0', '9.2', '9.10'], false],
  ['in one commit the last one counts', ['3.0', '3.1'], [], '3.1', ['3.0'], false],
  ['a deleted path is forgotten', ['1.0', '2.0-'], [], '2.0', ['1.0'], true],
  ['but not when it lives again', ['1.0', '2.0-'], [], '5.0', ['1.0'], false],
  ['sides of a conflict stay', ['1.0', '2.0', '3.0?', '4.0'], ['2.0', '3.0'], '4.0', ['1.0'], false],
  ['a lost version whose conflict is gone goes', ['2.0', '3.0?'], [], '2.0', ['3.0'], false],
  ['a deleted path with a side of a conflict is not forgotten', ['1.0', '2.0-'], ['1.0'], '2.0', [], false],
  ['only lost ones', ['3.0?'], [], '9.0', ['3.0'], false],
])('%s', (_name, versions, sides, head, expired, forgotten) => {
  const path = { versions: versions.map(version), sides: new Set(sides as VersionId[]), head: head as VersionId };
  expect(decideExpiry(path)).toEqual({ expired, forgotten });
});
