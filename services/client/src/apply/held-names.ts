import { type RelativePath, ancestorsOf, nameOf, parentOf } from '@syncpair/contracts';
import { clashKey, mapName, whyNotHeld } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import type { RemoteHead } from '../state/remote-store.ts';

/** Milliseconds between two looks at whether what could not be held can be held now. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Names of the server that this folder cannot hold. They stay in the base as held, with a problem each: their absence here is never a
 * change. Once they can be held (the rule changed, or the name that they clashed with is gone), they are applied like any head.
 */
export class HeldNames {
  readonly #engine: Engine;
  readonly #held: Set<RelativePath>;
  #lookAt = 0;
  /** Names in each folder by what they must not have in common; of one batch. */
  readonly #taken = new Map<RelativePath | null, Map<string, Set<string>>>();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#held = new Set(engine.config.fileSystem === 'linux' ? [] : engine.state.base.held().map(({ path }) => path));
  }

  /** Before each batch: what is known of the folders may be others' by now. Lets go of what can be held. */
  begin(): void {
    this.#taken.clear();
    const now = this.#engine.clock.monotonic();
    if (this.#held.size === 0 || now < this.#lookAt) return;
    this.#lookAt = now + LOOK_AGAIN_MS;
    for (const path of [...this.#held].sort()) this.#reconsider(path);
  }

  /** When to look again; monotonic milliseconds, null while nothing is held. */
  nextDue(): number | null {
    return this.#held.size === 0 ? null : this.#lookAt;
  }

  /** Why the folder cannot hold a path, in words; null when it can. `besides` lies there and is about to go. */
  why(path: RelativePath, besides: RelativePath | null = null): string | null {
    const { fileSystem } = this.#engine.config;
    if (fileSystem === 'linux') return null;
    for (const each of [...ancestorsOf(path), path]) {
      if (this.#held.has(each) && each !== path) return `it lies in "${each}", which cannot be held here`;
      const reason = this.#whyNameNotHeld(nameOf(each)) ?? this.#whyTaken(each, besides);
      if (reason !== null) return reason;
    }
    return null;
  }

  /** A path is about to be made: no other of the batch may take its name. */
  take(path: RelativePath): void {
    const { fileSystem } = this.#engine.config;
    if (fileSystem === 'linux') return;
    const names = this.#namesIn(parentOf(path));
    const key = clashKey(nameOf(path), fileSystem);
    names.set(key, (names.get(key) ?? new Set()).add(nameOf(path)));
  }

  /** Keeps a head in the base only, and tells why. */
  hold(head: RemoteHead, reason: string): void {
    const { state, problems, clock } = this.#engine;
    const { path, version } = head;
    state.transaction(() => {
      state.base.put({ path, version, state: head.state, held: true, stamp: null, inode: null });
      state.remote.remove(path, version);
    });
    this.#held.add(path);
    problems.report('apply', path, 'name_not_portable', reason, clock.monotonic());
  }

  #reconsider(path: RelativePath): void {
    const { state, problems, clock, wake } = this.#engine;
    const base = state.base.get(path);
    if (base === null || !base.held) {
      this.#held.delete(path);
      problems.clear('apply', path);
      return;
    }
    this.#held.delete(path);
    const reason = this.why(path);
    if (reason !== null) {
      this.#held.add(path);
      // Telling it again would put off the next look at what becomes of it.
      if (problems.get(path)?.message !== reason) problems.report('apply', path, 'name_not_portable', reason, clock.monotonic());
      return;
    }
    state.transaction(() => {
      state.base.remove(path);
      if (state.remote.get(path) === null) state.remote.put({ path, version: base.version, state: base.state, movedFrom: null });
    });
    problems.clear('apply', path);
    wake();
  }

  #whyNameNotHeld(name: string): string | null {
    const { config, portability } = this.#engine;
    const reason = whyNotHeld(name, config.fileSystem);
    if (reason === null || portability !== 'map') return reason;
    return mapName(name, config.fileSystem) === null ? `${reason}, and mapped it would be too long` : null;
  }

  #whyTaken(path: RelativePath, besides: RelativePath | null): string | null {
    const { fileSystem } = this.#engine.config;
    const folder = parentOf(path);
    const name = nameOf(path);
    const taken = this.#namesIn(folder).get(clashKey(name, fileSystem)) ?? [];
    const other = [...taken].find((one) => one !== name && (besides === null || parentOf(besides) !== folder || one !== nameOf(besides)));
    return other === undefined ? null : `the folder holds "${other}", and on its file system "${name}" is the same name`;
  }

  #namesIn(folder: RelativePath | null): Map<string, Set<string>> {
    const known = this.#taken.get(folder);
    if (known !== undefined) return known;
    const names = new Map<string, Set<string>>();
    for (const { path, held, stamp } of this.#engine.state.base.children(folder)) {
      if (held || stamp === null) continue;
      const key = clashKey(nameOf(path), this.#engine.config.fileSystem);
      names.set(key, (names.get(key) ?? new Set()).add(nameOf(path)));
    }
    this.#taken.set(folder, names);
    return names;
  }
}
