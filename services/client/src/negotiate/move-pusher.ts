import { type MoveChange, isBelow, sameState, splitVersionId } from '@syncpair/contracts';
import type { Engine, OwnMove } from '../daemon/engine.ts';
import type { LocalMove } from '../scan/local-changes.ts';
import type { Scanner } from '../scan/scanner.ts';
import { negotiate, reach, takeLog } from './negotiator.ts';

/** Moves in one request. */
const MOST_AT_ONCE = 200;

/** Tells the server what was moved here. A move that it does not take is told as new entries and deletions instead. */
export class MovePusher {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  /** A move is told again under its first id: a request that came late must not move what has the old name by then. */
  readonly #ids = new WeakMap<LocalMove, string>();

  constructor(engine: Engine, scanner: Scanner) {
    this.#engine = engine;
    this.#scanner = scanner;
  }

  /** Sends the moves that wait, as far as they do not build on one another. @returns false when there are none */
  async step(): Promise<boolean> {
    const { changes, wake } = this.#engine;
    const moves = this.#select();
    if (moves.length === 0) return false;
    const told = await this.#tell(moves);
    for (const move of moves) {
      changes.moves.splice(changes.moves.indexOf(move), 1);
      if (told.has(move)) this.#moved(move);
      else this.#notMoved(move);
      this.#scanner.rescanMoved(move.to, move.entry.kind === 'dir');
    }
    wake();
    return true;
  }

  #select(): LocalMove[] {
    const selected: LocalMove[] = [];
    for (const move of this.#engine.changes.moves) {
      if (selected.length >= MOST_AT_ONCE || selected.some((other) => touches(move, other))) break;
      selected.push(move);
    }
    return selected;
  }

  /** @returns the moves that are part of the server's log, and of the base, now */
  async #tell(moves: readonly LocalMove[]): Promise<ReadonlySet<LocalMove>> {
    const engine = this.#engine;
    const known = moves.flatMap((move) => {
      const base = engine.state.base.get(move.from);
      return base === null ? [] : [{ move, base: base.version }];
    });
    if (known.length === 0) return new Set();
    const own = known.map(({ move: { from, to } }): OwnMove => ({ from, to, version: null }));
    const changes = known.map(({ move, base }): MoveChange => ({ op: 'move', id: this.#idOf(move), from: move.from, to: move.to, base }));
    engine.ownMoves = own;
    for (const { from, to } of own) engine.pushing.add(from).add(to);
    try {
      const answer = await negotiate(engine, { changes, pull: true });
      let last = 0;
      for (const [index, outcome] of answer.outcomes.entries()) {
        if (outcome.status !== 'committed') continue;
        (own[index] as OwnMove).version = outcome.version;
        last = Math.max(last, splitVersionId(outcome.version).seq);
      }
      engine.ownMoves = own.filter(({ version }) => version !== null);
      takeLog(engine, answer);
      await reach(engine, last, false);
      const left = new Set(engine.ownMoves);
      return new Set(known.flatMap(({ move }, index) => (own[index]?.version !== null && !left.has(own[index] as OwnMove) ? [move] : [])));
    } finally {
      engine.ownMoves = [];
      for (const { from, to } of own) for (const path of [from, to]) engine.pushing.delete(path);
    }
  }

  #idOf(move: LocalMove): string {
    const id = this.#ids.get(move) ?? this.#engine.newId();
    this.#ids.set(move, id);
    return id;
  }

  #moved({ from, to, entry, stamp, inode }: LocalMove): void {
    const { state, log } = this.#engine;
    const agreed = state.base.get(to);
    if (agreed !== null && sameState(agreed.state, entry)) state.base.setStamp(to, stamp, inode);
    log.debug(`✓ Moved on the server: ${from} to ${to}`);
  }

  /** The base forgets which object lay at the old path, so that its new place is told as new and not as a move again. */
  #notMoved({ from, to }: LocalMove): void {
    const { state, log } = this.#engine;
    log.debug(`the server has other news of ${from}; its move to ${to} is told file by file`);
    const base = state.base.get(from);
    if (base !== null) state.base.put({ ...base, inode: null });
    this.#scanner.look(from);
  }
}

const touches = (one: LocalMove, other: LocalMove): boolean =>
  [one.from, one.to].some((path) => [other.from, other.to].some((end) => path === end || isBelow(path, end) || isBelow(end, path)));
