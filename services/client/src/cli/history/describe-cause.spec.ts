import type { HistoryItem } from '@syncpair/contracts';
import { expect, test } from 'vitest';
import { describeCause } from './describe-cause.ts';

const told = (item: Partial<HistoryItem>): string =>
  describeCause({ deleted: false, moved_from: null, restored_from: null, ...item } as HistoryItem);

test.each<[Partial<HistoryItem>, string]>([
  [{ cause: 'edit' }, 'edited'],
  [{ cause: 'deletion', deleted: true }, 'deleted'],
  [{ cause: 'move', moved_from: 'old\u001b/a.txt' }, 'moved from old\\u{1b}/a.txt'],
  [{ cause: 'move', deleted: true }, 'moved away'],
  [{ cause: 'restore', restored_from: '12.0' }, 'restored 12.0'],
  [{ cause: 'undo', restored_from: '12.3' }, 'undone 12.3'],
  [{ cause: 'undo', deleted: true }, 'undone: deleted'],
  [{ cause: 'script', deleted: true }, 'script: deleted'],
  [{ cause: 'of-a-newer-server' }, 'of-a-newer-server'],
  [{ cause: 'constructor', deleted: true }, 'deleted'],
  [{ deleted: true }, 'deleted'],
  [{}, ''],
])('%j is told as "%s"', (item, words) => expect(told(item)).toBe(words));
