import type { ContentHash } from '@syncpair/contracts';
import { type DiskAction, DiskProblem, type DiskResult } from '../disk.ts';
import { isMany } from '../durable.ts';
import type { FolderHandles } from '../folder-handles.ts';
import { toProblem } from '../problem.ts';
import type { ObserveOptions } from '../stamp.ts';
import { LooksOfBatch } from './looks.ts';
import { makeFolder } from './make-folder.ts';
import { put } from './put.ts';
import { remove } from './remove.ts';
import { rename } from './rename.ts';
import { setMetadata } from './set-metadata.ts';
import type { Staged } from './staging.ts';
import { Workplace } from './workplace.ts';

/**
 * `Disk.apply`. First every content of the batch is written aside and made durable together, copies from what lies there before the batch;
 * then the actions are carried out in order; then the folders are made durable. A crash leaves each file wholly old or wholly new.
 */
export function runActions(folders: FolderHandles, actions: readonly DiskAction[], observing: ObserveOptions): DiskResult[] {
  const syncEach = !isMany(actions.filter(({ op }) => op === 'file').length);
  const work = new Workplace(folders, observing, syncEach);
  try {
    const staged = stageAll(work, actions);
    const results = actions.map((action, index) => {
      folders.trim();
      const content = staged[index] ?? null;
      return content instanceof DiskProblem ? problemResult(content) : attempt(() => carryOut(work, action, content));
    });
    return makeDurable(work, results);
  } finally {
    work.close();
  }
}

function carryOut(work: Workplace, action: DiskAction, staged: Staged | null): DiskResult {
  switch (action.op) {
    case 'file':
    case 'link':
      return put(work, action.path, action.expected, staged as Staged);
    case 'dir':
      return makeFolder(work, action.path, action.expected);
    case 'metadata':
      return setMetadata(work, action);
    case 'remove':
      return remove(work, action.path, action.expected, action.keep);
    case 'rename':
      return rename(work, action);
    default:
      return action satisfies never;
  }
}

/** What each action is to put in place; null for those that put nothing. */
function stageAll(work: Workplace, actions: readonly DiskAction[]): (Staged | DiskProblem | null)[] {
  const lastUse = new Map<ContentHash, number>();
  for (const [index, action] of actions.entries()) {
    if (action.op === 'file' && 'staged' in action.content) lastUse.set(action.content.staged, index);
  }
  const looks = new LooksOfBatch(work.folders);
  const staged = actions.map((action, index) => {
    work.folders.trim();
    try {
      if (action.op === 'link') return work.staging.link(action.target, action.mtime);
      if (action.op !== 'file') return null;
      const last = !('staged' in action.content) || lastUse.get(action.content.staged) === index;
      return work.staging.file(action, looks.of(action.path, action.expected), last);
    } catch (error) {
      return toProblem(error);
    }
  });
  if (staged.every((content) => content === null || content instanceof DiskProblem)) return staged;
  const failed = work.staging.sync();
  return staged.map((content) => {
    if (content === null || content instanceof DiskProblem || !failed.has(content.name)) return content;
    return toProblem(failed.get(content.name));
  });
}

function makeDurable(work: Workplace, results: DiskResult[]): DiskResult[] {
  try {
    work.durability.sync(work.folders.root);
    return results;
  } catch (error) {
    const problem = toProblem(error);
    return results.map((result) => (result.status === 'done' ? problemResult(problem) : result));
  }
}

function attempt(act: () => DiskResult): DiskResult {
  try {
    return act();
  } catch (error) {
    return problemResult(toProblem(error));
  }
}

const problemResult = (problem: DiskProblem): DiskResult => ({ status: 'problem', problem });
