import type { ContentHash, DirectoryKey, HoldState, Seq } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { type Directory, type MarkedDirectory, readDirectories } from '../store/directory-repository.ts';
import { readLog } from '../store/log-repository.ts';
import type { CommittedGroup } from '../sync/commit-job.ts';
import { type Standing, commitsEvent, headEvent } from './encode-event.ts';
import type { EventStream } from './event-stream.ts';

export interface ChannelSources {
  readonly db: Queryable;
  readonly contentOf: (hash: ContentHash) => Uint8Array | undefined;
  readonly warn: (message: string) => void;
}

/** The readers of one directory on this replica, and how far they have been told its log. */
export class Channel {
  readonly key: DirectoryKey;
  readonly id: number;
  readonly streams = new Set<EventStream>();
  readonly #sources: ChannelSources;
  #at: Standing;
  #wanted: Seq;
  #reading = false;

  constructor(key: DirectoryKey, directory: MarkedDirectory, sources: ChannelSources) {
    this.key = key;
    this.id = directory.id;
    this.#at = standingOf(directory);
    this.#wanted = directory.head;
    this.#sources = sources;
  }

  join(stream: EventStream): void {
    this.streams.add(stream);
    stream.send(this, this.#head(), () => this.#head());
  }

  /** A group that this replica has committed: the next events come from memory when none is missing in between. */
  committed(group: CommittedGroup): void {
    const { directory, previous, commits } = group;
    if (commits.length === 0) {
      this.holdsChanged(directory.holds);
      return;
    }
    this.#wanted = Math.max(this.#wanted, directory.head);
    if (!this.#reading && previous === this.#at.seq && directory.epoch === this.#at.epoch) this.#tell(directory, commits);
    else void this.#catchUp();
  }

  /** Somebody says that the log goes on to `seq`. @returns false when it is there already */
  heard(seq: Seq): boolean {
    if (seq <= this.#wanted) return false;
    this.#wanted = seq;
    void this.#catchUp();
    return true;
  }

  /** The revision of the holds that the readers have been told. */
  get holdsRevision(): number {
    return this.#at.holds.revision;
  }

  /** The holds are others now, while the log is where it was. @returns false when the readers know them */
  holdsChanged(holds: HoldState): boolean {
    if (holds.revision <= this.#at.holds.revision) return false;
    const at = { ...this.#at, holds };
    this.#broadcast(at, headEvent(this.key, at));
    return true;
  }

  /** How far the readers have been told the log. */
  get seq(): Seq {
    return this.#at.seq;
  }

  /**
   * What the database says of the directory, asked from time to time; `asked` is `seq` when it was asked.
   *
   * @returns true when something of it was not heard of
   */
  checked(directory: MarkedDirectory, asked: Seq): boolean {
    if (directory.head < asked || this.#isAnotherHistory(directory)) {
      this.#restart(directory);
      return true;
    }
    return this.heard(directory.head) || this.holdsChanged(directory.holds);
  }

  async #catchUp(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#at.seq < this.#wanted) await this.#readOn();
    } catch (error) {
      // The next regular look at the heads tries again.
      this.#wanted = this.#at.seq;
      this.#sources.warn(`events of ${this.key} wait: ${(error as Error).message}`);
    } finally {
      this.#reading = false;
    }
  }

  async #readOn(): Promise<void> {
    const [directory] = await readDirectories(this.#sources.db, [this.id]);
    if (directory === undefined || directory.head <= this.#at.seq || directory.epoch !== this.#at.epoch) {
      this.#wanted = this.#at.seq;
      if (directory !== undefined && this.#isAnotherHistory(directory)) this.#restart(directory);
      return;
    }
    const commits = await readLog(this.#sources.db, this.id, { after: this.#at.seq, upTo: directory.head });
    if (commits.at(-1)?.seq === directory.head) this.#tell(directory, commits);
    else this.#tellHead(directory);
  }

  #tell(directory: Directory, commits: CommittedGroup['commits']): void {
    const event = commitsEvent(this.key, directory, this.#at, commits, this.#sources.contentOf);
    this.#broadcast({ epoch: directory.epoch, seq: directory.head, mark: commits.at(-1)?.mark ?? null, holds: directory.holds }, event);
  }

  /** A log that has another name, or another commit where it stood: all readers have to ask. */
  #isAnotherHistory({ epoch, head, mark }: MarkedDirectory): boolean {
    return epoch !== this.#at.epoch || (head === this.#at.seq && mark !== this.#at.mark);
  }

  #restart(directory: MarkedDirectory): void {
    this.#wanted = directory.head;
    this.#tellHead(directory);
  }

  #tellHead(directory: MarkedDirectory): void {
    const at = standingOf(directory);
    this.#broadcast(at, headEvent(this.key, at));
  }

  #broadcast(at: Standing, event: Buffer): void {
    this.#at = at;
    for (const stream of this.streams) stream.send(this, event, () => this.#head());
  }

  #head(): Buffer {
    return headEvent(this.key, this.#at);
  }
}

const standingOf = ({ epoch, head, mark, holds }: MarkedDirectory): Standing => ({ epoch, seq: head, mark, holds });
