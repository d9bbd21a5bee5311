import type { Cause, HistoryItem } from '@syncpair/contracts';
import { escapeText } from '../../log/escape.ts';

const WORDS: Readonly<Record<Cause, string>> = {
  edit: 'edited',
  touch: 'touched',
  creation: 'created',
  deletion: 'deleted',
  move: 'moved',
  restore: 'restored',
  undo: 'undone',
  resolve: 'resolved',
  script: 'script',
  server: 'server',
};

/** In a few words what made a version: `edited`, `deleted`, `moved from a.txt`, `restored 12.0`, `undone: deleted`. */
export function describeCause({ cause, deleted, moved_from: from, restored_from: restored }: HistoryItem): string {
  if (cause === undefined || !isKnown(cause)) return deleted ? 'deleted' : (cause ?? '');
  if (cause === 'move') return from === null ? 'moved away' : `moved from ${escapeText(from)}`;
  const words = WORDS[cause];
  if (restored !== null && restored !== undefined) return `${words} ${restored}`;
  return deleted && cause !== 'deletion' ? `${words}: deleted` : words;
}

const isKnown = (cause: string): cause is Cause => Object.hasOwn(WORDS, cause);
