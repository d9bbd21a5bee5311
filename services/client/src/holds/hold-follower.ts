import { type Hold, MAX_HELD_PATHS_PER_REQUEST } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { DeletionGuard } from '../negotiate/deletion-guard.ts';
import type { OverwriteGuard } from '../negotiate/overwrite-guard.ts';
import type { HoldNews, HoldServer } from '../server/hold-server.ts';
import { ServerError } from '../server/server-error.ts';
import type { UntoldHold } from '../state/hold-store.ts';
import { describeDecision, describeOpenHold } from './describe-hold.ts';
import { type KnownHolds, isKnownRevision, readKnownHolds } from './known-holds.ts';

/** Milliseconds after a refusal before the server is asked again. */
const REFUSED_REST_MS = 60_000;

/**
 * Keeps the holds of a directory the same here and on the server: tells of what this client holds, hears of what waits anywhere and of
 * what was decided, and carries decisions about its own changes out here.
 */
export class HoldFollower {
  readonly #engine: Engine;
  readonly #server: HoldServer;
  readonly #guard: DeletionGuard;
  readonly #overwrites: OverwriteGuard;
  #restUntil = 0;

  constructor(engine: Engine, server: HoldServer, guards: { readonly guard: DeletionGuard; readonly overwrites: OverwriteGuard }) {
    this.#engine = engine;
    this.#server = server;
    this.#guard = guards.guard;
    this.#overwrites = guards.overwrites;
  }

  /** Tells or hears one piece of news. @returns false when there is none @throws {ServerError} when there is no answer */
  async step(): Promise<boolean> {
    const { holdsHeard, clock } = this.#engine;
    // A server that says nothing of holds has none: what is held here is decided here.
    if (holdsHeard === null || clock.monotonic() < this.#restUntil) return false;
    try {
      const worked = (await this.#tell()) || (await this.#hear());
      this.#engine.holdsRefused = false;
      return worked;
    } catch (error) {
      if (!(error instanceof ServerError) || error.retryable) throw error;
      this.#refused(error);
      return false;
    }
  }

  /** When to ask again after a refusal; monotonic milliseconds. */
  nextDue(): number | null {
    return this.#restUntil > this.#engine.clock.monotonic() ? this.#restUntil : null;
  }

  /** A replica of an older version, or something in between: no reason to stop everything else. */
  #refused({ message }: ServerError): void {
    const { log, config, clock } = this.#engine;
    log.warn(`${config.name}: the server takes no news of what is held: ${message}; asked again later`);
    this.#restUntil = clock.monotonic() + REFUSED_REST_MS;
    this.#engine.holdsRefused = true;
    this.#engine.wake();
  }

  async #tell(): Promise<boolean> {
    const { state } = this.#engine;
    const untold = state.holds.untold(MAX_HELD_PATHS_PER_REQUEST);
    if (untold === null) return false;
    const hold = await this.#register(untold);
    if (hold !== null && hold.decided !== null) await this.#carryOut(hold);
    state.transaction(() => state.holds.told(untold));
    return true;
  }

  /** Null when the server has no such hold and there is nothing to begin one with. */
  async #register({ id, held, released }: UntoldHold): Promise<Hold | null> {
    const { state } = this.#engine;
    const { reason = 'taken back', live = 0, kind = 'deletions' } = state.holds.get(id) ?? {};
    const paths: HoldNews['paths'] = held.flatMap((path) => {
      const base = state.base.get(path);
      return base === null ? [] : [{ path, version: base.version }];
    });
    try {
      return await this.#server.register({ id, kind, reason, live, paths, released });
    } catch (error) {
      if (error instanceof ServerError && error.code === 'not_found') return null;
      throw error;
    }
  }

  async #hear(): Promise<boolean> {
    const { state, holdsHeard } = this.#engine;
    if (holdsHeard === null || isKnownRevision(state, holdsHeard)) return false;
    const known = readKnownHolds(state);
    const { holds, revision } = await this.#server.list();
    this.#log(known, holds);
    if (this.#wasDecided(known, holds)) this.#guard.beginAnew();
    for (const { id } of state.holds.list()) {
      const there = holds.find((hold) => hold.id === id);
      if (there === undefined) state.transaction(() => state.holds.tellAgain(id));
      else if (there.decided !== null) await this.#carryOut(there);
    }
    const open = holds.filter(({ decided }) => decided === null);
    state.setFact('holds_revision', String(revision));
    state.setFact('holds', JSON.stringify({ open } satisfies KnownHolds));
    // The answer is at least as new as what was heard; an older revision that comes late says nothing.
    this.#engine.holdsHeard = { open: open.length, revision };
    this.#engine.wake();
    return true;
  }

  #wasDecided(known: KnownHolds, holds: readonly Hold[]): boolean {
    const waited = new Set(known.open.filter(({ client }) => client === this.#engine.clientId).map(({ id }) => id));
    return holds.some(({ id, decided }) => decided !== null && waited.has(id));
  }

  /** A decision about changes of this client. Approved deletions come back through the log; what is left of them then is proposed again. */
  async #carryOut({ id, kind, decided }: Hold): Promise<void> {
    const { state } = this.#engine;
    if (kind === 'overwrites') {
      if (decided?.decision === 'approve') this.#overwrites.approve(id);
      else await this.#overwrites.reject(id);
    } else if (decided?.decision === 'reject') this.#guard.reject(id);
    else if (decided?.finished === true) {
      const late = state.holds.untoldPaths(id);
      if (late.length > 0) this.#guard.holdAgain(id, late);
      this.#guard.approve(id);
    }
  }

  #log(known: KnownHolds, holds: readonly Hold[]): void {
    const { log, clientId } = this.#engine;
    const before = new Map(known.open.map((hold) => [hold.id, hold]));
    for (const hold of holds) {
      const isNew = !before.has(hold.id);
      // What this client holds itself, it has said already.
      const isSaid = hold.origin === 'client' && hold.client === clientId;
      if (hold.decided === null && isNew && !isSaid) log.warn(describeOpenHold(hold));
      if (hold.decided !== null && !isNew && hold.decided.finished) log.info(describeDecision(hold));
    }
  }
}
