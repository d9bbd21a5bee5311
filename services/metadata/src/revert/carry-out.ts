import { randomUUID } from 'node:crypto';
import {
  type Change,
  type ContentHash,
  type DirectoryRef,
  type Outcome,
  type RelativePath,
  type Seq,
  MAX_CHANGES_PER_REQUEST,
  parentOf,
  splitVersionId,
} from '@syncpair/contracts';
import type { KeptPath, RevertPlan, RevertStep, StoredVersion } from '@syncpair/sync-core';
import type { UsableContent } from '../content/usable-content.ts';
import type { Queryable } from '../database/database.ts';
import { contentsOfDirectory } from '../store/content-repository.ts';
import type { Directory } from '../store/directory-repository.ts';
import { readHeads } from '../store/state-repository.ts';
import type { CallCommits } from '../sync/call-commits.ts';

/** Each move is a handful of statements, and a commit holds its directory as long as it takes. */
const MAX_MOVES = 200;

export interface RevertParts {
  readonly db: Queryable;
  readonly commits: CallCommits;
}

export interface Revert {
  readonly ref: DirectoryRef;
  readonly directory: Directory;
  readonly plan: RevertPlan;
  readonly call: 'undo' | 'restore';
}

export interface CarriedOut {
  readonly done: readonly RevertStep[];
  /** Those of the plan, and what somebody changed while it was carried out. */
  readonly kept: readonly KeptPath[];
}

/** Carries a plan out by ordinary commits, many steps in each; a step that does not find what it expects leaves the path as it is. */
export async function carryOut({ db, commits }: RevertParts, { ref, directory, plan, call }: Revert): Promise<CarriedOut> {
  const done: RevertStep[] = [];
  const kept: KeptPath[] = [...plan.kept];
  const ours = new Set<Seq>();
  for (const run of runsOf(plan.steps)) {
    const heads = await readHeads(db, directory.id, [...new Set(run.flatMap(pathsOf))]);
    const contents = await contentsOf(db, directory, run);
    const ready: { step: RevertStep; change: Change }[] = [];
    const changes: Change[] = [];
    for (const step of run) {
      const head = heads.get(step.path);
      const verdict = look(step, head, ours, contents);
      if (verdict === 'done') done.push(step);
      else if (verdict !== 'go') kept.push({ path: step.path, reason: verdict, by: null });
      else {
        const change = toChange(step, head);
        ready.push({ step, change });
        changes.push(...missingFolder(step, heads), change);
      }
    }
    if (changes.length === 0) continue;
    const restored = new Map(run.flatMap((step) => (step.op === 'put' ? [[step.path, step.restored] as const] : [])));
    const outcomes = await commits.commit({ ref, directory, changes, contents, origin: { call, restored }, strict: true });
    const answers = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
    for (const outcome of outcomes) if (outcome.status === 'committed') ours.add(splitVersionId(outcome.version).seq);
    for (const { step, change } of ready) {
      const outcome = answers.get(change.id);
      if (outcome !== undefined && isDone(outcome)) done.push(step);
      else kept.push({ path: step.path, reason: outcome?.status === 'needs_content' ? 'expired' : 'changed_since', by: null });
    }
  }
  return { done, kept };
}

/** Steps that go into one commit: moves apart from others, and no path twice. */
function runsOf(steps: readonly RevertStep[]): RevertStep[][] {
  const runs: RevertStep[][] = [];
  let paths = new Set<RelativePath>();
  for (const step of steps) {
    const last = runs.at(-1);
    const isMove = step.op === 'move';
    const fits =
      last !== undefined &&
      (last[0]?.op === 'move') === isMove &&
      last.length < (isMove ? MAX_MOVES : MAX_CHANGES_PER_REQUEST) &&
      !pathsOf(step).some((path) => paths.has(path));
    if (fits) last.push(step);
    else {
      runs.push([step]);
      paths = new Set();
    }
    for (const path of isMove ? [step.path, step.to] : [step.path]) paths.add(path);
  }
  return runs;
}

/** What must be read for a step. */
function pathsOf(step: RevertStep): RelativePath[] {
  if (step.op !== 'move') return [step.path];
  const parent = parentOf(step.to);
  return [step.path, ...(parent === null ? [] : [parent])];
}

/** Whether a step finds what it expects; `done` when there is nothing to do any more. */
function look(
  step: RevertStep,
  head: StoredVersion | undefined,
  ours: ReadonlySet<Seq>,
  contents: ReadonlyMap<ContentHash, UsableContent>,
): 'go' | 'done' | KeptPath['reason'] {
  const isLive = head !== undefined && head.state.kind !== 'tombstone';
  if (step.op === 'put') {
    if (step.entry.kind === 'dir' && head?.state.kind === 'dir') return 'done';
    if (step.entry.kind === 'file' && !contents.has(step.entry.hash)) return 'expired';
  } else if (!isLive) return 'done';
  switch (step.expected) {
    case 'absent':
      return isLive ? 'taken' : 'go';
    case 'ours':
      return isLive && ours.has(splitVersionId(head.version).seq) ? 'go' : 'changed_since';
    default:
      // A folder is its name: it moves with whatever is in it by now.
      return head?.version === step.expected || (step.op === 'move' && head?.state.kind === 'dir') ? 'go' : 'changed_since';
  }
}

function toChange(step: RevertStep, head: StoredVersion | undefined): Change {
  const id = randomUUID();
  if (step.op === 'put') return { op: 'put', id, path: step.path, base: head?.version ?? null, entry: step.entry };
  const base = (head as StoredVersion).version;
  return step.op === 'delete' ? { op: 'delete', id, path: step.path, base } : { op: 'move', id, from: step.path, to: step.to, base };
}

/** A move needs a folder to go into. */
function missingFolder(step: RevertStep, heads: ReadonlyMap<RelativePath, StoredVersion>): Change[] {
  const folder = step.op === 'move' ? parentOf(step.to) : null;
  if (folder === null) return [];
  const head = heads.get(folder);
  if (head !== undefined && head.state.kind !== 'tombstone') return [];
  return [{ op: 'put', id: randomUUID(), path: folder, base: head?.version ?? null, entry: { kind: 'dir' } }];
}

async function contentsOf(
  db: Queryable,
  directory: Directory,
  run: readonly RevertStep[],
): Promise<ReadonlyMap<ContentHash, UsableContent>> {
  const hashes = run.flatMap((step) => (step.op === 'put' && step.entry.kind === 'file' ? [step.entry.hash] : []));
  const found = await contentsOfDirectory(db, directory.id, [...new Set(hashes)]);
  return new Map(found.map((content) => [content.hash, content]));
}

const isDone = ({ status }: Outcome): boolean => status === 'committed' || status === 'merged' || status === 'current';
