import { isReservedName, parseRelativePath } from '@syncpair/contracts';
import type { Explanation } from '../daemon/control.ts';
import type { DirectorySync } from '../daemon/directory-sync.ts';
import { DiskProblem } from '../disk/disk.ts';

/** The state of one path of a directory and its cause. `relative` uses `/`; empty is the directory itself. */
export async function explain(sync: DirectorySync, path: string, relative: string): Promise<Explanation> {
  const { engine } = sync;
  const { state, changes, problems, ignore, disk, config } = engine;
  const say = (of: Explanation['state'], cause: string, suggestion: string | null = null, version: string | null = null): Explanation => ({
    path,
    directory: config.name,
    state: of,
    cause,
    suggestion,
    version,
  });
  if (relative === '')
    return say(
      sync.progress.isSettled ? 'in_sync' : 'waiting_upload',
      'it is the folder of the directory; "syncpair status" tells of what is in it',
    );
  if (isReservedName(relative.split('/')[0] as string)) return say('reserved', 'it belongs to SyncPair and is never synchronised');
  const parsed = parseRelativePath(relative);
  if (!parsed.ok) return say('problem', `it cannot be synchronised: ${parsed.reason}`, 'give it another name');
  const [found] = await disk.stat([parsed.value]);
  const base = state.base.get(parsed.value);
  const version = base?.version ?? null;
  if (found instanceof DiskProblem) return say('problem', `it cannot be read: ${found.message}`, 'make it readable for this user', version);
  const kind = found === null || found === undefined ? (base?.state.kind ?? 'file') : found.kind;
  if (kind === 'special') return say('problem', 'it is no file, folder or link; such things are not synchronised', null, version);
  if (kind !== 'tombstone' && ignore.ignores(parsed.value, kind)) {
    const frozen = base !== null;
    const cause = ignore.cause(parsed.value, kind) ?? 'an ignore pattern';
    return say(
      frozen ? 'frozen' : 'ignored',
      frozen ? `${cause} ignores it since it was synchronised: it is neither changed nor deleted` : `${cause} ignores it`,
      'change ignore_patterns or .syncpairignore',
      version,
    );
  }
  const problem = problems.get(parsed.value);
  if (problem !== null)
    return say('problem', `${problem.message} (${problem.code})`, 'mend the cause; it is tried again by itself', version);
  if (state.holds.putStamp(parsed.value) !== undefined)
    return say(
      'held',
      'its change waits for a person: every file had another content when the client started',
      'syncpair holds approve, or syncpair holds reject',
      version,
    );
  if (state.holds.has(parsed.value))
    return say(
      'held',
      'its deletion is part of a mass deletion that waits for a person',
      'syncpair holds approve, or syncpair holds reject',
      version,
    );
  if (sync.halted !== null) return say('problem', sync.halted, 'bring the folder back', version);
  if (changes.has(parsed.value) || changes.isMoving(parsed.value)) {
    return say(
      'waiting_upload',
      sync.connection.isUp ? 'it changed here and is on its way to the server' : 'it changed here and the server cannot be reached',
      'syncpair status',
      version,
    );
  }
  const remote = state.remote.get(parsed.value);
  if (remote !== null)
    return say('waiting_download', 'the server has another version, which is about to be applied here', 'syncpair status', remote.version);
  if (found === null || found === undefined)
    return say(
      'absent',
      base === null ? 'there is nothing here, and nothing on the server' : 'it is gone here; the deletion is about to be sent',
      null,
      version,
    );
  if (base === null) return say('waiting_upload', 'it is new here and about to be sent', 'syncpair status');
  return say('in_sync', `it is as version ${base.version} on the server`, null, version);
}
