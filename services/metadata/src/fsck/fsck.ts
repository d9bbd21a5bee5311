import type { ContentHash } from '@syncpair/contracts';
import type { StoredContent } from '../content/content-store.ts';
import type { Database } from '../database/database.ts';
import { condemnUnknown } from '../store/collect-repository.ts';
import { brokenRows, markLost, namesOf, recordFound, storedNow, storedPage, unknownOf, unreadablePage } from '../store/fsck-repository.ts';
import { hashBytes } from '../store/rows.ts';
import type { ContentVerifier, Verdict } from './content-verifier.ts';
import type { FsckProblem, FsckReport } from './fsck-report.ts';

export interface FsckOptions {
  readonly repair: boolean;
  /** Problems that are listed; all are counted. */
  readonly maxProblems: number;
  /** Told now and then while it runs. */
  readonly progress: (report: FsckReport) => void;
}

const PAGE = 500;
/** Paths that a problem names. */
const NAMES = 3;

/**
 * Holds everything that versions name against what is there, beside a server at work: what looks wrong is looked at again before it is told.
 * Every content is read to its end; a page of rows is held at a time.
 */
export class Fsck {
  readonly #database: Database;
  readonly #verifier: ContentVerifier;
  readonly #options: FsckOptions;
  readonly #report: FsckReport = { contents: 0, bytes: 0, problems: [], found: 0, repaired: 0, debris: 0 };

  /** Contents that this run has told and given up. */
  readonly #given = new Set<ContentHash>();

  constructor(database: Database, verifier: ContentVerifier, options: FsckOptions) {
    this.#database = database;
    this.#verifier = verifier;
    this.#options = options;
  }

  /** Once. */
  async run(): Promise<FsckReport> {
    await this.#checkStore();
    await this.#checkContents();
    await this.#checkReferences();
    for (const { name, message } of await brokenRows(this.#database, this.#options.maxProblems)) {
      this.#tell({ kind: 'row', hash: null, places: [name], message, repaired: false });
    }
    await this.#checkUnknown();
    return this.#report;
  }

  async #checkStore(): Promise<void> {
    for await (const { kind, place, message, mended } of this.#verifier.inspect(this.#options.repair)) {
      if (kind === 'foreign' || kind === 'tail') this.#report.debris += 1;
      else this.#tell({ kind, hash: null, places: [place], message, repaired: mended });
    }
  }

  async #checkContents(): Promise<void> {
    for (let after = Buffer.alloc(0); ;) {
      const page = await storedPage(this.#database, after, PAGE);
      const last = page.at(-1);
      if (last === undefined) return;
      let index = 0;
      for await (const verdict of this.#verifier.verify(page)) {
        const content = page[index++] as StoredContent;
        this.#report.contents += 1;
        this.#report.bytes += content.size;
        if (!isAsSaid(verdict, content)) await this.#lookAgain(content.hash);
      }
      this.#options.progress(this.#report);
      after = Buffer.from(hashBytes(last.hash));
    }
  }

  /** A content may have been moved or removed since its row was read. */
  async #lookAgain(hash: ContentHash): Promise<void> {
    const now = await storedNow(this.#database, hash);
    if (now === null) return;
    const verdict = await this.#verdict(now.content);
    if (isAsSaid(verdict, now.content)) return;
    if (verdict.status === 'whole') return this.#misplaced(verdict.content, now.content.location);
    // Nobody has it, and garbage collection removes it.
    if (!now.referred) {
      this.#report.debris += 1;
      return;
    }
    await this.#unusable(now.content, verdict.status);
  }

  async #checkReferences(): Promise<void> {
    for (let after = Buffer.alloc(0); ;) {
      const page = await unreadablePage(this.#database, after, PAGE);
      const last = page.at(-1);
      if (last === undefined) return;
      for (const { content, lost } of page) {
        const { hash } = content;
        const verdict = await this.#verdict(content);
        if (verdict.status === 'whole') await this.#misplaced(verdict.content, '');
        else if (this.#given.has(hash)) continue;
        else if (!lost) await this.#unusable({ ...content, location: '' }, verdict.status);
        else await this.#tellOf(hash, 'lost', 'given up by a repair; clients that have it are asked for it', false);
      }
      after = Buffer.from(hashBytes(last.content.hash));
    }
  }

  async #checkUnknown(): Promise<void> {
    let page: StoredContent[] = [];
    const flush = async (): Promise<void> => {
      if (page.length === 0) return;
      this.#report.debris += await unknownOf(this.#database, page);
      if (this.#options.repair) await condemnUnknown(this.#database, page);
      page = [];
    };
    for await (const content of this.#verifier.listAlone()) {
      page.push(content);
      if (page.length === PAGE) await flush();
    }
    await flush();
  }

  async #misplaced(found: StoredContent, instead: string): Promise<void> {
    if (this.#options.repair) await recordFound(this.#database, found, instead);
    await this.#tellOf(
      found.hash,
      'misplaced',
      `it lies at ${found.location}, its row says ${instead === '' ? 'nothing' : instead}`,
      this.#options.repair,
    );
  }

  /** Asked for from clients after a repair; until one has sent it, it stays a problem. */
  async #unusable(content: StoredContent, kind: 'missing' | 'damaged'): Promise<void> {
    const { hash } = content;
    if (this.#options.repair) {
      if (kind === 'damaged') await this.#verifier.quarantine(hash);
      await markLost(this.#database, content);
      this.#given.add(hash);
    }
    await this.#tellOf(hash, kind, kind === 'missing' ? 'its bytes are nowhere' : 'its bytes have another hash', false);
  }

  async #verdict(content: StoredContent): Promise<Verdict> {
    for await (const verdict of this.#verifier.verify([content])) return verdict;
    return { status: 'missing' };
  }

  async #tellOf(hash: ContentHash, kind: FsckProblem['kind'], message: string, repaired: boolean): Promise<void> {
    this.#tell({ kind, hash, places: await namesOf(this.#database, hash, NAMES), message, repaired });
  }

  #tell(problem: FsckProblem): void {
    this.#report.found += 1;
    if (problem.repaired) this.#report.repaired += 1;
    if (this.#report.problems.length < this.#options.maxProblems) this.#report.problems.push(problem);
  }
}

const isAsSaid = (verdict: Verdict, { location, size }: StoredContent): boolean =>
  verdict.status === 'whole' && verdict.content.location === location && verdict.content.size === size;
