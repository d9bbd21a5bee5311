import { type ContentHash, type FileEntry, type RelativePath, ancestorsOf } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { type DiskAction, type DiskResult, StagingError } from '../disk/disk.ts';
import type { Scanner } from '../scan/scanner.ts';
import { ContentError } from '../transfer/content-error.ts';
import { downloadLarge } from '../transfer/download-large.ts';
import { fetchSmall } from '../transfer/fetch-small.ts';
import { forgetManifests } from '../transfer/forget-manifests.ts';
import { ApplyRecorder } from './apply-recorder.ts';
import { type Batch, HeadSelector } from './head-selector.ts';
import { HeldNames } from './held-names.ts';
import { MoveApplier } from './move-applier.ts';
import { type PlannedApply, toActions } from './plan-actions.ts';

/**
 * Makes the disk say what the server's heads say. Every action names what must lie at the path: something else that lies there is a local
 * change, which goes to the server first. What really happened is recorded, never what was planned.
 */
export class Applier {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  readonly #moves: MoveApplier;
  readonly #names: HeldNames;
  readonly #heads: HeadSelector;
  readonly #recorder: ApplyRecorder;
  /** Large contents on their way: two downloads of one would write to the same staged file, and the second to what has a name by then. */
  readonly #downloading = new Set<ContentHash>();
  /** What the first batch under way does. */
  #under: 'nothing' | Batch['kind'] = 'nothing';
  /** A second batch is under way. */
  #isBeside = false;
  /** Nothing can be done beside the batches under way. */
  #isBesideEmpty = false;

  constructor(engine: Engine, scanner: Scanner) {
    this.#engine = engine;
    this.#scanner = scanner;
    this.#names = new HeldNames(engine);
    this.#moves = new MoveApplier(engine, scanner, this.#names);
    this.#heads = new HeadSelector(engine, scanner, this.#names);
    this.#recorder = new ApplyRecorder(engine, scanner);
  }

  /** Applies a batch of moves, or one of small heads. @returns false when there was nothing to do */
  async step(): Promise<boolean> {
    // Before everything was looked at once, what lies at a path is not known well enough to replace it.
    if (!this.#scanner.complete) return false;
    // A rename is possible only while nothing below is under way.
    if (this.#isBeside && this.#hasMoves) return false;
    this.#names.begin();
    if (await this.#moves.step()) return true;
    const batch = this.#heads.entries() ?? (this.#isBeside ? null : this.#heads.removals());
    if (batch === null) return false;
    this.#under = batch.kind;
    try {
      await this.#applyBatch(batch.planned);
    } finally {
      this.#under = 'nothing';
      this.#isBesideEmpty = false;
      this.#engine.wake();
    }
    return true;
  }

  /**
   * Applies a second batch of heads while the first one is written and made durable: its contents travel meanwhile. Only where two names
   * of one folder never stand for the same object, since neither batch knows what the other one makes.
   */
  async stepBeside(): Promise<boolean> {
    if (this.#under !== 'entries' || this.#isBesideEmpty || this.#hasMoves || this.#engine.config.fileSystem !== 'linux') return false;
    const batch = this.#heads.entries();
    // What waits for the first batch is not looked through again before that has ended.
    this.#isBesideEmpty = batch === null;
    if (batch === null) return false;
    this.#isBeside = true;
    try {
      await this.#applyBatch(batch.planned);
    } finally {
      this.#isBeside = false;
      this.#isBesideEmpty = false;
      // What waited for both batches to end, as renames do.
      this.#engine.wake();
    }
    return true;
  }

  /** Applies one large file. */
  async stepLarge(): Promise<boolean> {
    if (!this.#scanner.complete || this.#hasMoves) return false;
    const large = this.#heads.large(({ hash }) => !this.#downloading.has(hash));
    if (large === null) return false;
    await this.#applyLarge(large.planned, large.entry);
    return true;
  }

  /** When a head that met a problem is tried again; monotonic milliseconds. */
  nextDue(): number | null {
    const [problem, held] = [this.#engine.problems.nextDue('apply'), this.#names.nextDue()];
    return problem === null || (held !== null && held < problem) ? held : problem;
  }

  get #hasMoves(): boolean {
    return this.#engine.state.remote.moves(1).length > 0;
  }

  async #applyBatch(planned: readonly PlannedApply[]): Promise<void> {
    const { applying } = this.#engine;
    for (const { head } of planned) applying.add(head.path);
    // What can be done beside this batch is known from here on.
    this.#engine.wake();
    try {
      const wanted = new Set(planned.flatMap(({ need }) => (need.kind === 'content' ? [need.entry.hash] : [])));
      const contents = await fetchSmall(this.#engine, wanted);
      const ready = planned.filter((one) => this.#hasContent(one, contents));
      await this.#carryOut(ready, ({ need }) => {
        if (need.kind === 'none') return null;
        if (need.kind === 'copy') return { copyOf: need.from, hash: need.entry.hash };
        return { bytes: contents.get(need.entry.hash) as Uint8Array };
      });
      for (const hash of wanted) this.#engine.contents.drop(hash);
    } finally {
      for (const { head } of planned) applying.delete(head.path);
    }
  }

  #hasContent({ head, need }: PlannedApply, contents: ReadonlyMap<ContentHash, Uint8Array>): boolean {
    if (need.kind !== 'content' || contents.has(need.entry.hash)) return true;
    this.#recorder.problem(head.path, 'content_missing', 'the server does not have the content of this version');
    return false;
  }

  async #applyLarge(planned: PlannedApply, entry: FileEntry): Promise<void> {
    const { applying } = this.#engine;
    const { path } = planned.head;
    const { hash } = entry;
    applying.add(path);
    this.#downloading.add(hash);
    try {
      await this.#engine.staging.take(hash, async () => {
        await downloadLarge(this.#engine, entry, planned.base);
        await this.#carryOut([planned], () => ({ staged: hash }));
      });
      forgetManifests(this.#engine);
    } catch (error) {
      if (error instanceof ContentError) this.#recorder.problem(path, 'content_missing', error.message);
      else if (error instanceof StagingError) this.#recorder.problem(path, error.problem.code, error.problem.message);
      else throw error;
    } finally {
      applying.delete(path);
      this.#downloading.delete(hash);
      this.#engine.wake();
    }
  }

  /** Sends the actions to the disk and records each one's result. */
  async #carryOut(
    planned: readonly PlannedApply[],
    contentOf: (one: PlannedApply) => Extract<DiskAction, { op: 'file' }>['content'] | null,
  ): Promise<void> {
    const { state, disk } = this.#engine;
    const grouped = planned.map((one) => toActions(one, contentOf(one)));
    const plain = this.#plainParents(planned);
    const carriedOut = await disk.apply([...plain, ...grouped.flat()]);
    let next = plain.length;
    const results = planned.map((one, index) => {
      const own = carriedOut.slice(next, (next += (grouped[index] as DiskAction[]).length));
      return { one, result: own.find(({ status }) => status !== 'done') ?? (own.at(-1) as DiskResult) };
    });
    // Before anything else is asked: what the disk has and the base has not is taken for somebody's edit.
    state.transaction(() => results.forEach(({ one, result }) => this.#recorder.record(one, result)));
    const { moment } = this.#scanner;
    // The watcher has told of this client's own writing: no reason to look at each path once more.
    for (const path of await this.#untouched(results)) this.#scanner.seen(path, moment);
  }

  /** Where nobody else wrote since the batch was carried out. */
  async #untouched(results: readonly { readonly one: PlannedApply; readonly result: DiskResult }[]): Promise<RelativePath[]> {
    const made = results.flatMap(({ one, result }) =>
      result.status === 'done' && result.observed !== null ? [{ path: one.head.path, stamp: result.observed.stamp }] : [],
    );
    const differ = made.length === 0 ? [] : await this.#engine.disk.differ(made);
    return made.flatMap(({ path }, index) => (differ[index] === false ? [path] : []));
  }

  /** Folders whose own entry is ignored, but which a child needs. */
  #plainParents(planned: readonly PlannedApply[]): DiskAction[] {
    const { state, ignore } = this.#engine;
    const folders = new Set<RelativePath>();
    for (const { head } of planned) {
      if (head.state.kind === 'tombstone') continue;
      for (const folder of ancestorsOf(head.path))
        if (ignore.ignores(folder, 'dir') && state.base.get(folder) === null) folders.add(folder);
    }
    return [...folders].map((path) => ({ op: 'dir', path, expected: 'absent' }));
  }
}
