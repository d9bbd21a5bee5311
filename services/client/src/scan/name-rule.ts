import { type RelativePath, nameOf, parentOf } from '@syncpair/contracts';
import { type PortabilityRule, whyNotHeld, whyNotPortable } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import type { ListedEntry } from '../disk/observed.ts';

/** Tells of names that some system cannot hold where they are made, and keeps new ones from travelling where the rule says so. */
export class NameRule {
  readonly #engine: Engine;
  /** What was told of. */
  readonly #told = new Set<RelativePath>();
  #rule: PortabilityRule = 'off';
  /** The names of the folder that is being looked at as a whole. */
  #listed: { readonly folder: RelativePath | null; readonly names: readonly string[] } | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A folder (null: the root) was listed completely; its entries are looked at next. */
  listed(folder: RelativePath | null, entries: readonly ListedEntry[]): void {
    this.#follow();
    if (this.#rule === 'off') return;
    const names = entries.map(({ path }) => nameOf(path));
    this.#listed = { folder, names };
    if (this.#told.size === 0) return;
    const there = new Set(names);
    for (const path of [...this.#told]) if (parentOf(path) === folder && !there.has(nameOf(path))) this.#clear(path);
  }

  /** All entries of the folder that was listed last were looked at. */
  ended(): void {
    this.#listed = null;
  }

  /** Tells of a path that lies here. @returns true when it is new and must not travel */
  refuses(path: RelativePath, isNew: boolean): boolean {
    this.#follow();
    if (this.#rule === 'off') return false;
    const refused = this.#rule === 'refuse' && isNew ? this.#why(path, (other) => this.#goesFirst(other, path)) : null;
    const reason = refused ?? this.#why(path, () => true);
    if (reason === null) this.#clear(path);
    else this.#tell(path, refused === null ? 'name_not_everywhere' : 'name_refused', reason);
    return refused !== null;
  }

  /** What was told under another rule is told no longer. */
  #follow(): void {
    const rule = this.#engine.portability;
    if (rule === this.#rule) return;
    for (const told of [...this.#told]) this.#clear(told);
    this.#rule = rule;
  }

  #why(path: RelativePath, counts: (other: string) => boolean): string | null {
    const name = nameOf(path);
    // Who maps names holds this one, too; two that are one name there stay two here, and one of them is held there.
    if (this.#rule === 'map' && whyNotHeld(name, 'windows') !== null) return null;
    return whyNotPortable({ name, beside: this.#beside(path).filter((other) => other !== name && counts(other)) });
  }

  /** Of two new names that clash, the one that sorts first travels. */
  #goesFirst(other: string, path: RelativePath): boolean {
    const folder = parentOf(path);
    const at = (folder === null ? other : `${folder}/${other}`) as RelativePath;
    return other < nameOf(path) || this.#engine.state.base.get(at) !== null;
  }

  #beside(path: RelativePath): readonly string[] {
    const folder = parentOf(path);
    if (this.#listed?.folder === folder) return this.#listed.names;
    const { state, changes } = this.#engine;
    const known = state.base.children(folder).filter(({ state: { kind } }) => kind !== 'tombstone');
    return [...known.map((base) => base.path), ...[...changes.puts.keys()].filter((put) => parentOf(put) === folder)].map(nameOf);
  }

  #tell(path: RelativePath, code: string, reason: string): void {
    this.#told.add(path);
    this.#engine.problems.report('name', path, code, reason, this.#engine.clock.monotonic());
  }

  #clear(path: RelativePath): void {
    if (this.#told.delete(path)) this.#engine.problems.clear('name', path);
  }
}
