import type { RelativePath } from '@syncpair/contracts';
import { type IgnoreRules, type PortabilityRule, compileIgnoreRules, portabilityLine } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import { type Disk, DiskProblem } from '../disk/disk.ts';
import type { ObservedFile } from '../disk/observed.ts';

const IGNORE_FILE = '.syncpairignore' as RelativePath;
/** Bytes; a larger ignore file is a mistake. */
const MOST_BYTES = 1024 * 1024;

/** The `.syncpairignore` at the root, whose rules travel with the directory and add to the configured ones. */
export class IgnoreFile {
  readonly #patterns: readonly string[];
  readonly #warn: (message: string) => void;
  /** The file that the rules were read from. */
  #stamp: string | null = null;
  /** What the engine last knew of the file. */
  #seen: string | null = null;
  /** What the file says of names that some system cannot hold; null where it says nothing. */
  portability: PortabilityRule | null = null;

  /** `warn` is told what of the file is not followed. */
  constructor(patterns: readonly string[], warn: (message: string) => void) {
    this.#patterns = patterns;
    this.#warn = warn;
  }

  /** The rules as they are now. */
  async load(disk: Disk): Promise<IgnoreRules> {
    const [observed] = await disk.stat([IGNORE_FILE]);
    const text = observed instanceof DiskProblem || observed?.kind !== 'file' ? null : await this.#read(disk, observed);
    this.portability = text === null ? null : portabilityLine(text);
    const rules = compileIgnoreRules({ patterns: this.#patterns, ignoreFile: text });
    for (const { line, message } of rules.problems) this.#warn(`${IGNORE_FILE}:${line}: ${message}`);
    return rules;
  }

  async #read(disk: Disk, { stamp, size }: ObservedFile): Promise<string | null> {
    this.#stamp = null;
    if (size > MOST_BYTES) {
      this.#warn(`${IGNORE_FILE} is not followed: it has ${size} bytes, and more than ${MOST_BYTES} are a mistake`);
      return null;
    }
    const [bytes] = await disk.read([{ path: IGNORE_FILE, stamp }]);
    if (!(bytes instanceof Uint8Array)) return null;
    this.#stamp = stamp;
    return new TextDecoder().decode(bytes);
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
    const portability = engine.config.portability ?? this.portability ?? 'off';
    const isOther = portability !== engine.portability;
    engine.portability = portability;
    return isNew || isOther;
  }
}
