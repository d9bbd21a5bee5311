import type { ContentHash, DirectoryKey, Seq } from '@syncpair/contracts';
import type { Queryable } from '../database/database.ts';
import { type Directory, readDirectories } from '../store/directory-repository.ts';
import { readLog } from '../store/log-repository.ts';
import type { CommittedGroup } from '../sync/commit-job.ts';
import { commitsEvent, headEvent } from './encode-event.ts';
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
  #epoch: string;
  #seq: Seq;
  #wanted: Seq;
  #reading = false;

  constructor(key: DirectoryKey, directory: Directory, sources: ChannelSources) {
    this.key = key;
    this.id = directory.id;
    this.#epoch = directory.epoch;
    this.#seq = directory.head;
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
    this.#wanted = Math.max(this.#wanted, directory.head);
    if (!this.#reading && previous === this.#seq && directory.epoch === this.#epoch) this.#tell(directory, previous, commits);
    else void this.#catchUp();
  }

  /** Somebody says that the log goes on to `seq`. */
  heard(seq: Seq): void {
    if (seq <= this.#wanted) return;
    this.#wanted = seq;
    void this.#catchUp();
  }

  /** What the database says of the directory, asked from time to time. */
  checked(directory: Directory): void {
    if (directory.epoch !== this.#epoch) this.#restart(directory);
    else this.heard(directory.head);
  }

  async #catchUp(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#seq < this.#wanted) await this.#readOn();
    } catch (error) {
      // The next regular look at the heads tries again.
      this.#wanted = this.#seq;
      this.#sources.warn(`events of ${this.key} wait: ${(error as Error).message}`);
    } finally {
      this.#reading = false;
    }
  }

  async #readOn(): Promise<void> {
    const [directory] = await readDirectories(this.#sources.db, [this.id]);
    if (directory === undefined || directory.head <= this.#seq || directory.epoch !== this.#epoch) {
      this.#wanted = this.#seq;
      if (directory !== undefined && directory.epoch !== this.#epoch) this.#restart(directory);
      return;
    }
    const commits = await readLog(this.#sources.db, this.id, { after: this.#seq, upTo: directory.head });
    if (commits.at(-1)?.seq === directory.head) this.#tell(directory, this.#seq, commits);
    else this.#broadcast(directory.head, headEvent(this.key, this.#epoch, directory.head));
  }

  #tell(directory: Directory, previous: Seq, commits: CommittedGroup['commits']): void {
    this.#broadcast(directory.head, commitsEvent(this.key, directory, previous, commits, this.#sources.contentOf));
  }

  #restart(directory: Directory): void {
    this.#epoch = directory.epoch;
    this.#wanted = directory.head;
    this.#broadcast(directory.head, headEvent(this.key, directory.epoch, directory.head));
  }

  #broadcast(seq: Seq, event: Buffer): void {
    this.#seq = seq;
    for (const stream of this.streams) stream.send(this, event, () => this.#head());
  }

  #head(): Buffer {
    return headEvent(this.key, this.#epoch, this.#seq);
  }
}
