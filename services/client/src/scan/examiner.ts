import type { RelativePath } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { isUntouched, linkEntry, saysTheSame } from '../diff/compare.ts';
import type { Observed } from '../disk/observed.ts';
import type { BaseEntry } from '../state/base-store.ts';
import type { Absences } from './absences.ts';
import type { Arrivals } from './arrivals.ts';
import { BUSY_MS, type DirtyPaths } from './dirty-paths.ts';
import type { FileReads } from './file-reads.ts';
import type { Findings } from './findings.ts';
import type { FolderQueue } from './folder-queue.ts';
import type { NameRule } from './name-rule.ts';

export interface Look {
  /** Whether all below is to be looked at, too. */
  readonly deep: boolean;
  /** Of `DirtyPaths`, from before the disk was asked. */
  readonly moment: number;
}

interface ExaminerParts {
  readonly dirty: DirtyPaths;
  readonly folders: FolderQueue;
  readonly absences: Absences;
  readonly arrivals: Arrivals;
  readonly names: NameRule;
  readonly reads: FileReads;
  readonly findings: Findings;
}

/** Holds what lies at a path against the base, and says what follows: nothing, a change, a folder to list, a file to read. */
export class Examiner {
  readonly #engine: Engine;
  readonly #parts: ExaminerParts;

  constructor(engine: Engine, parts: ExaminerParts) {
    this.#engine = engine;
    this.#parts = parts;
  }

  examine(path: RelativePath, observed: Observed, base: BaseEntry | null, { deep, moment }: Look): void {
    const { changes, problems, clock, applying, ignore } = this.#engine;
    const { dirty, absences, names, findings } = this.#parts;
    const now = clock.monotonic();
    const isNoFolder = absences.found(path) && observed.kind !== 'dir';
    if (observed.kind === 'special') {
      dirty.done(path, moment);
      if (!ignore.ignores(path, 'file'))
        problems.report('scan', path, 'special_file', `${observed.what}: only files, folders and links are synchronised`, now);
      return;
    }
    if (applying.has(path) || changes.isMoving(path)) {
      dirty.wait(path, now + BUSY_MS);
      return;
    }
    if (ignore.ignores(path, observed.kind)) {
      dirty.done(path, moment);
      changes.forget(path);
      problems.clear('scan', path);
      if (observed.kind !== 'dir') absences.noFolder(path, base);
      // The entry itself is ignored, yet names below it may not be.
      if (observed.kind === 'dir' && !observed.otherFileSystem && (deep || base === null)) this.enter(path);
      return;
    }
    if (names.refuses(path, base === null)) {
      dirty.done(path, moment);
      changes.forget(path);
      return;
    }
    if (isUntouched(base, observed)) {
      dirty.done(path, moment);
      findings.restored(path, base);
      if (isNoFolder) absences.contentsGone(path);
      if (deep && observed.kind === 'dir') this.enter(path);
      return;
    }
    if (observed.kind !== 'dir') absences.noFolder(path, base);
    if (observed.kind === 'file') {
      this.#parts.reads.add(path, observed, base, moment);
      return;
    }
    dirty.done(path, moment);
    if (observed.kind === 'dir') this.#examineFolder(path, observed, base);
    else this.#examineLink(path, observed, base);
  }

  /** A folder that the server does not know. */
  newFolder(path: RelativePath, observed: Observed): void {
    this.#parts.findings.changed(path, { entry: { kind: 'dir' }, stamp: observed.stamp, inode: observed.inode });
    this.enter(path);
  }

  #examineLink(path: RelativePath, observed: Observed & { kind: 'link' }, base: BaseEntry | null): void {
    const entry = linkEntry(observed, base);
    if (saysTheSame(base, entry)) {
      this.#engine.state.base.setStamp(path, observed.stamp, observed.inode);
      this.#parts.findings.restored(path, base);
    } else this.#parts.findings.changed(path, { entry, stamp: observed.stamp, inode: observed.inode });
  }

  #examineFolder(path: RelativePath, observed: Observed & { kind: 'dir' }, base: BaseEntry | null): void {
    const { state } = this.#engine;
    const { arrivals, findings } = this.#parts;
    if (observed.otherFileSystem) {
      findings.unreadable(path, { code: 'other_file_system', message: 'another file system is mounted here; what it holds is left alone' });
      return;
    }
    if (base !== null && !base.held && (base.state.kind === 'dir' || base.state.kind === 'tombstone')) {
      state.base.setStamp(path, observed.stamp, observed.inode);
      findings.restored(path, base);
      this.enter(path);
      return;
    }
    if (base === null && state.base.findByInode(observed.inode).length > 0) {
      arrivals.add({ path, observed, entry: { kind: 'dir' } });
      return;
    }
    this.newFolder(path, observed);
  }

  /** Lists a folder that was found and all below it, unless the ignore rules say that nothing in it takes part. */
  enter(folder: RelativePath): void {
    if (!this.#engine.ignore.prunes(folder)) this.#parts.folders.add(folder, { due: this.#engine.clock.monotonic(), deep: true });
  }
}
