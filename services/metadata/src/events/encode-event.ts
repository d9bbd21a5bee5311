import {
  type Commit,
  type ContentHash,
  type DirectoryKey,
  type HoldState,
  MAX_EVENT_CONTENT_BYTES,
  MAX_UNSENT_BYTES,
  type Seq,
  type SyncEventJson,
  encodeCommit,
} from '@syncpair/contracts';
import type { Directory } from '../store/directory-repository.ts';

/** Where a directory's log stands. */
export interface Standing {
  readonly epoch: string;
  readonly seq: Seq;
  /** Of the commit at `seq`; null where it has none. */
  readonly mark: string | null;
  readonly holds: HoldState;
}

/** An event as it goes over the wire, made once for all streams. */
const encode = (event: SyncEventJson): Buffer => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);

export const headEvent = (key: DirectoryKey, at: Standing): Buffer =>
  encode({ type: 'head', directory: key, epoch: at.epoch, seq: String(at.seq), mark: at.mark, holds: at.holds });

/** Bytes of contents in one event: half of what may wait unsent on a stream, after base64. */
const MAX_CONTENTS_BYTES = (MAX_UNSENT_BYTES / 8) * 3;

/** The event of these commits with the contents at hand, or only where the log stands when that is too much for one event. */
export function commitsEvent(
  key: DirectoryKey,
  directory: Directory,
  previous: Standing,
  commits: readonly Commit[],
  contentOf: (hash: ContentHash) => Uint8Array | undefined,
): Buffer {
  const event = encode({
    type: 'commits',
    directory: key,
    epoch: directory.epoch,
    previous: String(previous.seq),
    previous_mark: previous.mark,
    seq: String(directory.head),
    commits: commits.map(encodeCommit),
    contents: contentsOf(commits, contentOf),
    conflicts: directory.openConflicts,
    holds: directory.holds,
  });
  const standing = { epoch: directory.epoch, seq: directory.head, mark: commits.at(-1)?.mark ?? null, holds: directory.holds };
  return event.length > MAX_UNSENT_BYTES ? headEvent(key, standing) : event;
}

function contentsOf(commits: readonly Commit[], contentOf: (hash: ContentHash) => Uint8Array | undefined): Record<string, string> {
  const contents: Record<string, string> = {};
  let total = 0;
  for (const { changes } of commits) {
    for (const change of changes) {
      if (change.op !== 'head' || change.state.kind !== 'file' || change.state.size > MAX_EVENT_CONTENT_BYTES) continue;
      const { hash } = change.state;
      const bytes = contents[hash] === undefined ? contentOf(hash) : undefined;
      if (bytes === undefined || total + bytes.length > MAX_CONTENTS_BYTES) continue;
      contents[hash] = Buffer.from(bytes).toString('base64');
      total += bytes.length;
    }
  }
  return contents;
}
