import {
  type Entry,
  type RelativePath,
  type Seq,
  type VersionId,
  type VersionState,
  ancestorsOf,
  isBelow,
  parentOf,
  rebase,
  splitVersionId,
  versionId,
} from '@syncpair/contracts';
import type { KnownVersion } from '../revert/decide-restore.ts';
import type { UndoSpan } from '../revert/decide-undo.ts';
import type { SpanLine } from '../revert/replay-span.ts';
import type { RevertPlan, RevertStep } from '../revert/revert-plan.ts';
import type { PresentView } from '../revert/sketch.ts';

/** A directory with moves, in memory: each change is a commit of its own by an author, and one that makes no sense does nothing. */
export class MemorySpan {
  readonly heads = new Map<RelativePath, KnownVersion>();
  readonly lines: SpanLine[] = [];
  #before = new Map<RelativePath, KnownVersion>();
  #begun = 0;
  #seq = 0;

  /** What comes from now on belongs to the span. */
  begin(): void {
    this.#before = new Map(this.heads);
    this.#begun = this.lines.length;
  }

  put(path: RelativePath, entry: Entry, author: string): boolean {
    const head = this.#live(path);
    if (ancestorsOf(path).some((folder) => (this.#live(folder)?.kind ?? 'dir') !== 'dir')) return false;
    if (head?.kind === 'dir' && entry.kind !== 'dir' && this.#children(path) > 0) return false;
    const seq = (this.#seq += 1);
    const missing = ancestorsOf(path).filter((folder) => this.#live(folder) === null);
    missing.sort().forEach((folder, ordinal) => this.#write(folder, { kind: 'dir' }, versionId(seq, ordinal), author));
    this.#write(path, entry, versionId(seq, missing.length), author);
    return true;
  }

  remove(path: RelativePath, author: string): boolean {
    const head = this.#live(path);
    if (head === null || (head.kind === 'dir' && this.#children(path) > 0)) return false;
    this.#write(path, { kind: 'tombstone' }, versionId((this.#seq += 1), 0), author);
    return true;
  }

  move(from: RelativePath, to: RelativePath, author: string): boolean {
    if (this.#live(from) === null || this.#live(to) !== null || from === to || isBelow(to, from)) return false;
    const parent = parentOf(to);
    if (parent !== null && this.#live(parent)?.kind !== 'dir') return false;
    const version = versionId((this.#seq += 1), 0);
    this.lines.push({ op: 'move', from, to, version, author, own: false });
    for (const [path, { state }] of [...this.heads]) {
      if (state.kind === 'tombstone' || (path !== from && !isBelow(path, from))) continue;
      this.heads.set(path, { version, state: { kind: 'tombstone' } });
      this.heads.set(rebase(path, from, to), { version, state });
    }
    return true;
  }

  /** The span as an undo of what `author` did needs it. */
  span(author: string): UndoSpan {
    return { before: this.#before, lines: this.lines.slice(this.#begun).map((line) => ({ ...line, own: line.author === author })) };
  }

  get view(): PresentView {
    return { head: (path) => this.heads.get(path) ?? null, liveChildren: (folder) => this.#children(folder) };
  }

  /** Carries a plan out, each step only where what it expects is there; returns the steps that could not be. */
  carryOut(plan: RevertPlan): string[] {
    const began = this.#seq;
    return plan.steps.flatMap((step) => (this.#carryOut(step, began) ? [] : [`${step.op} ${step.path} ${step.expected}`]));
  }

  #carryOut(step: RevertStep, began: Seq): boolean {
    const head = this.heads.get(step.path) ?? null;
    const isLive = head !== null && head.state.kind !== 'tombstone';
    if (step.op === 'put' && step.entry.kind === 'dir' && head?.state.kind === 'dir') return true;
    if (step.expected === 'absent' ? isLive : step.expected !== 'ours' && head?.version !== step.expected) return false;
    if (step.expected === 'ours' && (!isLive || splitVersionId(head.version).seq <= began)) return false;
    if (step.op === 'put') return this.put(step.path, step.entry, 'undo');
    if (step.op === 'delete') return this.remove(step.path, 'undo');
    const parent = parentOf(step.to);
    if (parent !== null && this.#live(parent) === null) this.put(parent, { kind: 'dir' }, 'undo');
    return this.move(step.path, step.to, 'undo');
  }

  /** Live paths with what is there, in order. */
  tree(): string[] {
    return [...this.heads].flatMap(([path, { state }]) => (state.kind === 'tombstone' ? [] : [`${path} ${describe(state)}`])).sort();
  }

  #live(path: RelativePath): Entry | null {
    const head = this.heads.get(path);
    return head === undefined || head.state.kind === 'tombstone' ? null : head.state;
  }

  #children(folder: RelativePath): number {
    return [...this.heads].filter(([path, { state }]) => state.kind !== 'tombstone' && parentOf(path) === folder).length;
  }

  #write(path: RelativePath, state: VersionState, version: VersionId, author: string): void {
    this.heads.set(path, { version, state });
    this.lines.push({ op: 'head', path, version, state, author, own: false });
  }
}

const describe = (state: Entry): string => (state.kind === 'file' ? state.hash : state.kind === 'link' ? `→ ${state.target}` : '/');
