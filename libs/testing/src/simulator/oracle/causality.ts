/** Milliseconds before a crash in which what the engine did on a disk may not be in its state yet. */
const UNRECORDED_MS = 5_000;

interface Lying {
  readonly key: string;
  /** When the engine last put something at this path, milliseconds since the beginning; null where it never did. */
  readonly broughtAt: number | null;
  /** What somebody put there since, the latest last. */
  readonly written: readonly string[];
}

/**
 * Who had what before them: which contents lay on whose disk, and over which ones each was written. It knows nothing of versions, and claims
 * nothing where a crash, a lost state or equal contents leave it open what came from what.
 */
export class Causality {
  readonly #now: () => number;
  /** By disk: contents that ever lay there, under any name. */
  readonly #seen = new Map<string, Set<string>>();
  /** By disk and path: what lies there, or did last. */
  readonly #lying = new Map<string, Map<string, Lying>>();
  /** By directory, path and content: who wrote it, and all that it was written over, at any remove; null where that is open. */
  readonly #written = new Map<string, { readonly by: number; readonly over: ReadonlySet<string> } | null>();

  /** `now` tells milliseconds since the beginning. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Somebody put a content at a path. */
  wrote(client: number, directory: string, path: string, key: string): void {
    const disk = this.#disk(client, directory);
    const there = disk.get(path);
    const at = `${directory} ${path} ${key}`;
    const over = there === undefined ? [] : [there.key, ...(this.#written.get(`${directory} ${path} ${there.key}`)?.over ?? [])];
    this.#written.set(at, this.#written.has(at) ? null : { by: client, over: new Set(over) });
    disk.set(path, { key, broughtAt: there?.broughtAt ?? null, written: [...(there?.written ?? []), key] });
    this.#sees(client, directory, key);
  }

  /** The engine put a content at a path. */
  brought(client: number, directory: string, path: string, key: string): void {
    this.#disk(client, directory).set(path, { key, broughtAt: this.#now(), written: [] });
    this.#sees(client, directory, key);
  }

  /** The client ended without a word: what it did last may not be in its state. */
  crashed(client: number, directory: string): void {
    const uncertain = this.#now() - UNRECORDED_MS;
    this.#forget(client, directory, ({ broughtAt }) => broughtAt !== null && broughtAt >= uncertain);
  }

  /** What lies at a path after a power cut: where that is other than what was put there last, nobody knows whose it is. */
  left(client: number, directory: string, path: string, key: string): void {
    if (this.#disk(client, directory).get(path)?.key !== key) this.#written.set(`${directory} ${path} ${key}`, null);
    this.#sees(client, directory, key);
  }

  /** The client does not know any more where anything on its disk comes from. */
  forgot(client: number, directory: string): void {
    this.#forget(client, directory, () => true);
  }

  /** True when whoever wrote a content certainly had the older one before them. */
  isFrom(directory: string, path: string, key: string, older: string): boolean {
    const isUnique = this.authorOf(directory, path, older) !== null;
    return isUnique && (this.#written.get(`${directory} ${path} ${key}`)?.over.has(older) ?? false);
  }

  /** At which client a content was put at a path; null where that is open. */
  authorOf(directory: string, path: string, key: string): number | null {
    return this.#written.get(`${directory} ${path} ${key}`)?.by ?? null;
  }

  /** True when a content ever lay on a disk, under any name. */
  hasSeen(client: number, directory: string, key: string): boolean {
    return this.#seen.get(`${client} ${directory}`)?.has(key) ?? false;
  }

  #forget(client: number, directory: string, isOpen: (there: Lying) => boolean): void {
    const disk = this.#disk(client, directory);
    for (const [path, there] of disk) {
      if (!isOpen(there)) continue;
      for (const key of there.written) this.#written.set(`${directory} ${path} ${key}`, null);
      disk.delete(path);
    }
  }

  #sees(client: number, directory: string, key: string): void {
    const disk = `${client} ${directory}`;
    const seen = this.#seen.get(disk);
    if (seen === undefined) this.#seen.set(disk, new Set([key]));
    else seen.add(key);
  }

  #disk(client: number, directory: string): Map<string, Lying> {
    const name = `${client} ${directory}`;
    let disk = this.#lying.get(name);
    if (disk === undefined) this.#lying.set(name, (disk = new Map<string, Lying>()));
    return disk;
  }
}
