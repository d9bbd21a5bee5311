const WORDS: Readonly<Record<string, string>> = {
  other_epoch: 'the server has another history of this directory, as after the restore of a backup',
  went_back: 'the server has gone back to an older state, as after the restore of a backup',
  expired: 'this client was away for longer than the server keeps what was replaced',
  forked: 'the server was set back to an older state, as after the restore of a backup, and has gone on from there',
};

/** Says what the server found about the history of a directory (a `HistoryVerdict`, null where it does not tell), and what follows. */
export function describeHistory(verdict: string | null): string {
  const found = (verdict === null ? undefined : WORDS[verdict]) ?? 'the server has another history of this directory';
  return `${found}. The folder is merged with it: nothing is deleted, and what is newer here is sent`;
}
