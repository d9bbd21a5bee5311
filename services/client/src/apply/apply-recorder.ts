import { type RelativePath, parentOf } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { DiskProblem, DiskResult } from '../disk/disk.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { RemoteHead } from '../state/remote-store.ts';
import type { PlannedApply } from './plan-actions.ts';

/** Tries to empty a folder that holds something unknown, while it may still be found to be new. */
const TRIES_BEFORE_KEPT = 3;
/** Tries against a disk that is not as the base says, before it is told as a problem. */
const TRIES_BEFORE_TOLD = 8;

/** A stamp that no object has. */
const TAKEN_AWAY = 'taken away';

/** Writes down what the disk made of a head, never what was planned: the new base, another look, or a problem. */
export class ApplyRecorder {
  readonly #engine: Engine;
  readonly #scanner: Scanner;

  constructor(engine: Engine, scanner: Scanner) {
    this.#engine = engine;
    this.#scanner = scanner;
  }

  /** Runs inside a transaction of the state. */
  record({ head, base, need }: PlannedApply, result: DiskResult): void {
    const { state, problems, log } = this.#engine;
    const { path, version } = head;
    switch (result.status) {
      case 'done':
        if (result.rescued !== undefined)
          log.warn(`${path} was written at the moment it was replaced; those bytes are kept as ${result.rescued}`);
        if (result.observed === null) this.#gone(head);
        else state.base.put({ path, version, state: head.state, held: false, stamp: result.observed.stamp, inode: result.observed.inode });
        state.remote.remove(path, version);
        problems.clear('apply', path);
        log.debug(
          head.state.kind === 'tombstone' ? `✓ Deleted: ${path}` : need.kind === 'none' ? `✓ Updated: ${path}` : `✓ Downloaded: ${path}`,
        );
        return;
      case 'changed':
        this.#lookFirst(path, 'changed_here', 'it changed here while the server’s version was about to be applied');
        return;
      case 'not_empty':
        this.#notEmpty(head, base);
        return;
      case 'problem':
        this.#notApplied(head, need, result.problem);
    }
  }

  /** Nothing lies there. What somebody took away right after it was put there is theirs to delete: the base has it, and a look finds it gone. */
  #gone({ path, version, state }: RemoteHead): void {
    const { base } = this.#engine.state;
    if (state.kind === 'tombstone') {
      base.remove(path);
      return;
    }
    base.put({ path, version, state, held: false, stamp: TAKEN_AWAY, inode: null });
    this.#scanner.look(path);
  }

  /** Something lies in the folder that the base does not know: if it is new, it will bring the folder back on the server. */
  #notEmpty(head: RemoteHead, base: BaseEntry | null): void {
    const { state, problems, clock } = this.#engine;
    const { path, version } = head;
    this.#scanner.scanFolder(path, true);
    if (problems.tries('apply', path) < TRIES_BEFORE_KEPT) {
      problems.pause('apply', path, clock.monotonic());
      return;
    }
    if (head.state.kind !== 'tombstone') {
      this.problem(path, 'folder_in_the_way', 'a folder with files that are not synchronised stands where the server has something else');
      return;
    }
    // What is ignored keeps the folder here, which the server does not have.
    if (base !== null) state.base.put({ ...base, version, state: { kind: 'tombstone' } });
    state.remote.remove(path, version);
    problems.clear('apply', path);
  }

  #notApplied(head: RemoteHead, need: PlannedApply['need'], { code, message }: DiskProblem): void {
    const { path } = head;
    // The file that was to be copied is not the one it was: the content comes from the server instead.
    if (need.kind === 'copy' && code === 'source_changed') {
      this.#engine.state.remote.put({ ...head, movedFrom: null });
      return;
    }
    const folder = parentOf(path);
    if (folder !== null && (code === 'ENOENT' || code === 'not_a_folder')) {
      this.#scanner.look(folder);
      this.#lookFirst(path, code, message);
    } else this.problem(path, code, message);
  }

  /**
   * The disk is not as the base says: a local change that was not seen yet. The head waits for a look at it, and counts as a problem only
   * when looking again and again changes nothing.
   */
  #lookFirst(path: RelativePath, code: string, message: string): void {
    const { problems, clock } = this.#engine;
    this.#scanner.look(path);
    if (problems.tries('apply', path) < TRIES_BEFORE_TOLD) problems.pause('apply', path, clock.monotonic());
    else this.problem(path, code, message);
  }

  /** The head stays, and is tried again later. */
  problem(path: RelativePath, code: string, message: string): void {
    this.#engine.problems.report('apply', path, code, message, this.#engine.clock.monotonic());
  }
}
