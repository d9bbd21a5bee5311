import type { RelativePath } from '@syncpair/contracts';
import { type IgnoreRules, compileIgnoreRules } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import { type Disk, DiskProblem } from '../disk/disk.ts';

const IGNORE_FILE = '.syncpairignore' as RelativePath;
/** Bytes; a larger ignore file is a mistake. */
const MOST_BYTES = 1024 * 1024;

/** The `.syncpairignore` at the root, whose rules travel with the directory and add to the configured ones. */
export class IgnoreFile {
  readonly #patterns: readonly string[];
  /** The file that the rules were read from. */
  #stamp: string | null = null;
  /** What the engine last knew of the file. */
  #seen: string | null = null;

  constructor(patterns: readonly string[]) {
    this.#patterns = patterns;
  }

  /** The rules as they are now. */
  async load(disk: Disk): Promise<IgnoreRules> {
    const [observed] = await disk.stat([IGNORE_FILE]);
    let text: string | null = null;
    this.#stamp = null;
    if (
      observed !== null &&
      observed !== undefined &&
      !(observed instanceof DiskProblem) &&
      observed.kind === 'file' &&
      observed.size <= MOST_BYTES
    ) {
      const [bytes] = await disk.read([{ path: IGNORE_FILE, stamp: observed.stamp }]);
      if (bytes instanceof Uint8Array) {
        text = new TextDecoder().decode(bytes);
        this.#stamp = observed.stamp;
      }
    }
    return compileIgnoreRules({ patterns: this.#patterns, ignoreFile: text });
  }

  /** Puts the rules in force when the file changed. @returns whether they are others now */
  async refresh(engine: Engine): Promise<boolean> {
    const stamp = engine.changes.puts.get(IGNORE_FILE)?.stamp ?? engine.state.base.get(IGNORE_FILE)?.stamp ?? null;
    if (stamp === this.#seen) return false;
    this.#seen = stamp;
    if (stamp === this.#stamp) return false;
    const rules = await this.load(engine.disk);
    const isNew = rules.fingerprint !== engine.ignore.fingerprint;
    engine.ignore = rules;
    return isNew;
  }
}
