import type { RelativePath } from '@syncpair/contracts';
import type { IgnoreFile } from '../scan/ignore-file.ts';
import type { Scanner } from '../scan/scanner.ts';
import type { RenewableWatcher } from '../watch/renewable-watcher.ts';
import type { Engine } from './engine.ts';
import type { Halt } from './halt.ts';
import type { Merger } from './merger.ts';

/** One bounded piece after the other of looking at the disk: the ignore rules first, then what had a problem, then what is due. */
export class ScanWork {
  readonly #engine: Engine;
  readonly #scanner: Scanner;
  readonly #merger: Merger;
  readonly #halt: Halt;
  readonly #watcher: RenewableWatcher;
  readonly #ignoreFile: IgnoreFile;

  constructor(engine: Engine, parts: { scanner: Scanner; merger: Merger; halt: Halt; watcher: RenewableWatcher; ignoreFile: IgnoreFile }) {
    this.#engine = engine;
    this.#scanner = parts.scanner;
    this.#merger = parts.merger;
    this.#halt = parts.halt;
    this.#watcher = parts.watcher;
    this.#ignoreFile = parts.ignoreFile;
  }

  /** @returns whether there was anything to do @throws {RootLostError} when the folder is not the one that the base is about */
  async step(): Promise<boolean> {
    const engine = this.#engine;
    if (await this.#ignoreFile.refresh(engine)) await this.#lookAgain();
    for (const path of engine.problems.due('scan', engine.clock.monotonic())) this.#lookAtProblem(path);
    const due = this.#scanner.nextDue();
    if (due === null || due > engine.clock.monotonic()) return false;
    await this.#halt.prove();
    const worked = await this.#scanner.step();
    const { puts, deletes, moves } = engine.changes;
    if (worked && (puts.size > 0 || deletes.size > 0 || moves.length > 0 || this.#scanner.idle)) engine.wake();
    return worked;
  }

  async #lookAgain(): Promise<void> {
    const { log, config } = this.#engine;
    log.info(`${config.name}: the ignore rules changed; everything is looked at again`);
    await this.#watcher.renew();
    this.#scanner.scanAll();
    this.#merger.want('heads');
  }

  #lookAtProblem(path: string): void {
    const { problems, clock, state } = this.#engine;
    problems.trying('scan', path, clock.monotonic());
    if (path === '.') {
      this.#scanner.scanFolder(null, false);
      return;
    }
    const known = path as RelativePath;
    if (state.base.get(known)?.state.kind === 'dir' && problems.get(path)?.code !== 'other_file_system')
      this.#scanner.scanFolder(known, true);
    else this.#scanner.look(known);
  }
}
