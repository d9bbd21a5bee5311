import type { RelativePath } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { DiskProblem } from '../disk/disk.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { LocalPut } from './local-changes.ts';

/** Writes down what a look at a path has found out, wherever the path is spoken of: changes to tell, deletions that wait, problems. */
export class Findings {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Something lies there that the server does not know; a deletion that waits is none any more. */
  changed(path: RelativePath, put: LocalPut): void {
    const { changes, state, problems } = this.#engine;
    problems.clear('scan', path);
    const held = state.holds.putStamp(path);
    if (held === put.stamp) return;
    if (held !== undefined) state.holds.releasePut(path);
    changes.put(path, put);
    if (state.holds.has(path)) state.holds.release(path);
  }

  /** The disk is as the base says (again): no change, no deletion that waits. */
  restored(path: RelativePath, base: BaseEntry | null): void {
    const { changes, problems, state } = this.#engine;
    if (changes.has(path)) changes.forget(path);
    // Whether a folder can be read again, only a listing of it tells.
    if (base?.state.kind !== 'dir' || problems.get(path)?.code === 'other_file_system') problems.clear('scan', path);
    if (state.holds.has(path)) state.holds.release(path);
    if (state.holds.putStamp(path) !== undefined) state.holds.releasePut(path);
    if (base?.state.kind === 'file') this.#engine.firstLook.foundUnchanged = true;
  }

  /** `path` is `.` for the root. */
  unreadable(path: string, { code, message }: Pick<DiskProblem, 'code' | 'message'>): void {
    this.#engine.problems.report('scan', path, code, message, this.#engine.clock.monotonic());
  }
}
