import type { Problem, RelativePath } from '@syncpair/contracts';

/** The stage that met a problem; only the same stage can tell that it is mended. */
const STAGES = ['scan', 'push', 'apply', 'name'] as const;
export type Stage = (typeof STAGES)[number];

/** Codes of things that are told once and keep nothing from being in sync. */
const NOTICES: ReadonlySet<string> = new Set(['special_file', 'name_not_everywhere']);
/** Codes of things that trying again cannot mend; a change of them is an event like any other. */
const UNTRIED: ReadonlySet<string> = new Set(['special_file', 'name_refused', 'name_not_everywhere', 'name_not_portable']);

/** Milliseconds of the first pause; each further one is twice as long, up to the longest. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 2_000;

interface Known extends Problem {
  readonly stage: Stage;
  /** Only waits; nothing is told of it. */
  readonly quiet: boolean;
  /** Monotonic milliseconds. */
  retryAt: number;
  attempt: number;
}

/** Paths that are not as they should be, each with its reason and the time of the next try. One path's problem never stops another. */
export class Problems {
  readonly #known = new Map<string, Known>();
  readonly #delay: (attempt: number) => number;
  readonly #onNew: (problem: Problem) => void;
  changed = false;

  /** `delay` gives the milliseconds before try number `attempt` (0 upwards). */
  constructor(delay: (attempt: number) => number, onNew: (problem: Problem) => void) {
    this.#delay = delay;
    this.#onNew = onNew;
  }

  report(stage: Stage, path: RelativePath | string, code: string, message: string, now: number): void {
    const key = keyOf(stage, path);
    const known = this.#known.get(key);
    const attempt = known?.code === code ? known.attempt + 1 : 0;
    this.#known.set(key, { stage, path, code, message, quiet: false, attempt, retryAt: now + this.#delay(attempt) });
    if (known?.code === code) return;
    this.changed = true;
    this.#onNew({ path, code, message });
  }

  /** A path is tried again: the next try after this one comes later. Whoever tries clears the problem, or reports it again. */
  trying(stage: Stage, path: string, now: number): void {
    const known = this.#known.get(keyOf(stage, path));
    if (known !== undefined) known.retryAt = now + this.#delay(known.attempt);
  }

  /** Lets a path wait for a moment, longer each time, because something that will resolve itself is in the way. */
  pause(stage: Stage, path: RelativePath | string, now: number): void {
    const attempt = this.tries(stage, path);
    const retryAt = now + Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS);
    this.#known.set(keyOf(stage, path), { stage, path, code: 'pause', message: '', quiet: true, attempt: attempt + 1, retryAt });
  }

  /** How often a path has been paused without success. */
  tries(stage: Stage, path: RelativePath | string): number {
    const known = this.#known.get(keyOf(stage, path));
    return known === undefined ? 0 : known.quiet ? known.attempt : Infinity;
  }

  clear(stage: Stage, path: string): void {
    const known = this.#known.get(keyOf(stage, path));
    if (known === undefined) return;
    this.#known.delete(keyOf(stage, path));
    if (!known.quiet) this.changed = true;
  }

  /** False while a path waits for its next try. */
  mayTry(stage: Stage, path: string, now: number): boolean {
    const known = this.#known.get(keyOf(stage, path));
    return known === undefined || known.retryAt <= now;
  }

  /** What is wrong with one path, whichever stage met it. */
  get(path: string): Problem | null {
    const known = STAGES.map((stage) => this.#known.get(keyOf(stage, path))).find((one) => one !== undefined && !one.quiet);
    return known === undefined ? null : { path, code: known.code, message: known.message };
  }

  /** Paths whose next try is due. */
  due(stage: Stage, now: number): string[] {
    return [...this.#known.values()]
      .filter((known) => known.stage === stage && known.retryAt <= now && !UNTRIED.has(known.code))
      .map(({ path }) => path);
  }

  nextDue(stage: Stage): number | null {
    let next: number | null = null;
    for (const known of this.#known.values()) {
      if (known.stage === stage && !UNTRIED.has(known.code) && (next === null || known.retryAt < next)) next = known.retryAt;
    }
    return next;
  }

  list(): Problem[] {
    const told = [...this.#known.values()].filter(({ quiet }) => !quiet);
    return told.map(({ path, code, message }) => ({ path, code, message })).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  get size(): number {
    return this.#known.size;
  }

  /** The paths of which a stage has told something. */
  paths(stage: Stage): string[] {
    return [...this.#known.values()].filter((known) => known.stage === stage).map(({ path }) => path);
  }

  /** Forgets problems whose cause went away by another road. */
  prune(stage: Stage, stays: (path: string, code: string) => boolean): void {
    for (const [key, known] of this.#known) {
      if (known.stage !== stage || stays(known.path, known.code)) continue;
      this.#known.delete(key);
      this.changed = true;
    }
  }

  /** True when something that should be in sync is not. */
  get blocking(): boolean {
    return [...this.#known.values()].some(({ code, quiet }) => !quiet && !NOTICES.has(code));
  }
}

const keyOf = (stage: Stage, path: string): string => `${stage} ${path}`;
