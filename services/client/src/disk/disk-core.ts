import { type ContentHash, type RelativePath, nameOf } from '@syncpair/contracts';
import { runActions } from './apply/run-actions.ts';
import { ChunkReadings, type ReadingStep, type StepRead } from './chunk-readings.ts';
import { cleanOwnFolders } from './clean.ts';
import {
  type DiskAction,
  type DiskProblem,
  type DiskResult,
  type ExpectedFile,
  type ExpectedObject,
  type FilePart,
  type KnownFolder,
  type Listing,
  type RootIdentity,
  type Unchanged,
} from './disk.ts';
import type { FolderHandles } from './folder-handles.ts';
import { listFolder } from './list-folder.ts';
import { observeAt } from './observe-at.ts';
import type { Observed } from './observed.ts';
import { meansAbsent, toProblem } from './problem.ts';
import { hashDescriptor, readDescriptor, readPartsOf, withExpected } from './read-expected.ts';
import type { Root } from './root.ts';
import { type ObserveOptions, lstat, stampOf } from './stamp.ts';
import { unchangedFolder } from './unchanged-folder.ts';

/** Names after which the folders that were asked for too are left for another request, so that no answer grows with the tree. */
const MOST_NAMES_AT_ONCE = 1_000;

/** The part of `Disk` that is asked in batches, without promises: on a thread of its own nothing else waits for it. */
export class DiskCore {
  readonly #root: Root;
  readonly #readings = new ChunkReadings();

  constructor(root: Root) {
    this.#root = root;
  }

  identify(): RootIdentity {
    return this.#root.identify();
  }

  list(wanted: readonly (RelativePath | null)[]): (Listing | DiskProblem)[] {
    // Without anything known no folder is told as unchanged.
    return this.listChanged(wanted.map((path) => ({ path, known: null }))) as (Listing | DiskProblem)[];
  }

  listChanged(wanted: readonly KnownFolder[]): (Listing | Unchanged | DiskProblem)[] {
    return this.#root.use((folders) => {
      const answers: (Listing | Unchanged | DiskProblem)[] = [];
      let names = 0;
      for (const { path, known } of wanted) {
        folders.trim();
        const unchanged = known === null ? null : unchangedFolder(folders, path, known, this.#observing(folders));
        const answer = unchanged ?? listFolder(folders, path, this.#observing(folders));
        answers.push(answer);
        if ('entries' in answer) names += answer.entries.length;
        if (names >= MOST_NAMES_AT_ONCE) break;
      }
      return answers;
    });
  }

  stat(paths: readonly RelativePath[]): (Observed | null | DiskProblem)[] {
    return this.#each(paths, (folders, path) => statOne(folders, path, this.#observing(folders)));
  }

  differ(expected: readonly ExpectedObject[]): boolean[] {
    return this.#each(expected, isOther);
  }

  hash(files: readonly ExpectedFile[]): (ContentHash | 'changed' | DiskProblem)[] {
    return this.#each(files, (folders, file) => withExpected(folders, file, hashDescriptor));
  }

  /** A step of `Disk.chunk`. */
  chunk(file: ExpectedFile, step: ReadingStep): StepRead | 'changed' | DiskProblem {
    return this.#root.use((folders) => withExpected(folders, file, (descriptor, size) => this.#readings.step(descriptor, size, step)));
  }

  read(files: readonly ExpectedFile[]): (Uint8Array<ArrayBuffer> | 'changed' | DiskProblem)[] {
    return this.#each(files, (folders, file) => withExpected(folders, file, readDescriptor));
  }

  readParts(file: ExpectedFile, parts: readonly FilePart[]): Uint8Array<ArrayBuffer>[] | 'changed' | DiskProblem {
    return this.#root.use((folders) => withExpected(folders, file, (descriptor) => readPartsOf(descriptor, parts)));
  }

  apply(actions: readonly DiskAction[]): DiskResult[] {
    return this.#root.use((folders) => runActions(folders, actions, this.#observing(folders)));
  }

  clean(): void {
    this.#root.use(cleanOwnFolders);
  }

  #each<Item, Answer>(items: readonly Item[], answer: (folders: FolderHandles, item: Item) => Answer): Answer[] {
    return this.#root.use((folders) =>
      items.map((item) => {
        folders.trim();
        return answer(folders, item);
      }),
    );
  }

  #observing(folders: FolderHandles): ObserveOptions {
    return { device: folders.root.device, executableBit: this.#root.platform.executableBit };
  }
}

function isOther(folders: FolderHandles, { path, stamp }: ExpectedObject): boolean {
  try {
    const parent = folders.parent(path);
    const stats = lstat(parent.at(nameOf(path)));
    parent.confirm();
    return stats === undefined || stampOf(stats) !== stamp;
  } catch (error) {
    // Whatever hinders the look is found out by the one that follows.
    toProblem(error);
    return true;
  }
}

function statOne(folders: FolderHandles, path: RelativePath, observing: ObserveOptions): Observed | null | DiskProblem {
  try {
    const parent = folders.parent(path);
    const observed = observeAt(folders, path, parent.at(nameOf(path)), observing);
    parent.confirm();
    return observed;
  } catch (error) {
    return meansAbsent(error) ? null : toProblem(error);
  }
}
