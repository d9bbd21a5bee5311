import { type DirectoryKey, type DirectoryRef, HEARTBEAT_MS, type Seq, directoryKey } from '@syncpair/contracts';
import { type Directory, ensureDirectory, readDirectories } from '../store/directory-repository.ts';
import type { CommittedGroup } from '../sync/commit-job.ts';
import { Channel, type ChannelSources } from './channel.ts';
import type { EventStream } from './event-stream.ts';

/**
 * Milliseconds between two looks at the heads of the directories that have readers, at least and at most: a notification that was lost costs
 * no more. They are doubled while looks find nothing that was not heard of.
 */
const CHECK_MS = 2_000;
const LONGEST_CHECK_MS = 10_000;

/** All event streams of this replica, by directory. */
export class EventHub {
  readonly #sources: ChannelSources;
  readonly #channels = new Map<number, Channel>();
  readonly #streams = new Set<EventStream>();
  readonly #heartbeats: NodeJS.Timeout;
  #checking = false;
  #closed = false;
  #pause = CHECK_MS;
  #nextCheck: NodeJS.Timeout | null = null;

  constructor(sources: ChannelSources) {
    this.#sources = sources;
    this.#heartbeats = setInterval(() => {
      for (const stream of this.#streams) stream.heartbeat();
    }, HEARTBEAT_MS).unref();
    this.#scheduleCheck();
  }

  /** Adds a reader of these directories; the stream begins with where each of them stands. `leave` takes it out again. */
  async join(stream: EventStream, refs: readonly DirectoryRef[]): Promise<{ readonly directories: number[]; readonly leave: () => void }> {
    const channels: Channel[] = [];
    this.#streams.add(stream);
    for (const ref of refs) {
      const channel = await this.#channelOf(ref);
      channels.push(channel);
      channel.join(stream);
    }
    return { directories: channels.map(({ id }) => id), leave: () => this.#leave(stream, channels) };
  }

  committed(group: CommittedGroup): void {
    this.#channels.get(group.directory.id)?.committed(group);
  }

  /** A replica says where a log stands, and its holds. */
  heard(directory: number, seq: Seq, holds?: number): void {
    const channel = this.#channels.get(directory);
    if (channel?.heard(seq) === false && holds !== undefined && holds > channel.holdsRevision) void this.check();
  }

  /** This replica has changed the holds of a directory. */
  holdsChanged(directory: Directory): void {
    this.#channels.get(directory.id)?.holdsChanged(directory.holds);
  }

  /** Notifications may be lost from now on: looks are as frequent as can be until they are known to arrive. */
  hurry(): void {
    if (this.#pause === CHECK_MS) return;
    this.#pause = CHECK_MS;
    this.#scheduleCheck();
  }

  /** Asks the database where the directories stand that have readers. */
  async check(): Promise<void> {
    if (this.#checking || this.#channels.size === 0) return;
    this.#checking = true;
    try {
      const asked = new Map([...this.#channels].map(([id, channel]) => [id, channel.seq]));
      let missed = false;
      for (const directory of await readDirectories(this.#sources.db, [...asked.keys()])) {
        if (this.#channels.get(directory.id)?.checked(directory, asked.get(directory.id) ?? 0) === true) missed = true;
      }
      this.#pause = missed ? CHECK_MS : Math.min(this.#pause * 2, LONGEST_CHECK_MS);
    } catch (error) {
      this.#pause = CHECK_MS;
      this.#sources.warn(`heads were not read: ${(error as Error).message}`);
    } finally {
      this.#checking = false;
    }
  }

  /** Ends all streams; their readers come back, to this replica or another. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeats);
    if (this.#nextCheck !== null) clearTimeout(this.#nextCheck);
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
    this.#channels.clear();
  }

  #scheduleCheck(): void {
    if (this.#nextCheck !== null) clearTimeout(this.#nextCheck);
    if (this.#closed) return;
    this.#nextCheck = setTimeout(() => void this.check().then(() => this.#scheduleCheck()), this.#pause).unref();
  }

  async #channelOf(ref: DirectoryRef): Promise<Channel> {
    const directory = await ensureDirectory(this.#sources.db, ref);
    const key: DirectoryKey = directoryKey(ref);
    let channel = this.#channels.get(directory.id);
    if (channel === undefined) {
      channel = new Channel(key, directory, this.#sources);
      this.#channels.set(directory.id, channel);
      this.hurry();
    }
    return channel;
  }

  #leave(stream: EventStream, channels: readonly Channel[]): void {
    this.#streams.delete(stream);
    for (const channel of channels) {
      channel.streams.delete(stream);
      if (channel.streams.size === 0 && this.#channels.get(channel.id) === channel) this.#channels.delete(channel.id);
    }
  }
}
