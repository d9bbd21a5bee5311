import { type ContentHash, type Frame, type Head, MAX_FRAME_BYTES, type NegotiateResponse } from '@syncpair/contracts';
import { ServerError } from '../../../../../services/client/src/server/server-error.ts';
import type { Negotiation, Snapshot, SyncServer } from '../../../../../services/client/src/server/sync-server.ts';
import { type Caller, SERVER_ID, type SimulatedServer } from '../server/simulated-server.ts';
import type { OwnProcess } from '../world/own-process.ts';
import type { SimulatedLink } from './simulated-link.ts';

/** Heads in one batch of a snapshot: few, so that small worlds have several. */
const HEADS_IN_A_BATCH = 5;
/** Bytes of one part of a stream. */
const PART = 256 * 1024;

/** The server as one process reaches it for one directory, over a link with faults. */
export class SimulatedSyncServer implements SyncServer {
  readonly #server: SimulatedServer;
  readonly #link: SimulatedLink;
  readonly #process: OwnProcess;
  readonly #caller: Caller;

  constructor(parts: { server: SimulatedServer; link: SimulatedLink; process: OwnProcess; caller: Caller }) {
    this.#server = parts.server;
    this.#link = parts.link;
    this.#process = parts.process;
    this.#caller = parts.caller;
  }

  negotiate(request: Negotiation): Promise<NegotiateResponse> {
    return this.#link.call(this.#process, (isLate) => this.#server.negotiate({ ...this.#caller, isLate }, request));
  }

  async snapshot(): Promise<Snapshot> {
    const { epoch, seq, mark, heads } = await this.#link.call(this.#process, () => {
      const directory = this.#server.directory(this.#caller.directory);
      return { epoch: directory.epoch, seq: directory.seq, mark: directory.markAt(directory.seq), heads: directory.live() };
    });
    return { epoch, seq, mark, server: SERVER_ID, heads: this.#batches(heads) };
  }

  uploadMany(grants: readonly string[], contents: readonly { readonly hash: ContentHash; readonly bytes: Uint8Array }[]): Promise<string> {
    return this.#link.call(this.#process, () => this.#server.upload(grants, contents));
  }

  async uploadOne(grant: string, hash: ContentHash, size: number, bytes: AsyncIterable<Uint8Array>): Promise<string> {
    const parts: Uint8Array[] = [];
    for await (const part of bytes) {
      parts.push(part);
      await this.#part();
    }
    const whole = Buffer.concat(parts);
    return this.#link.call(this.#process, () => {
      if (whole.length !== size) throw new ServerError('hash_mismatch', 'simulated: the bytes have another length');
      return this.#server.upload([grant], [{ hash, bytes: whole }]);
    });
  }

  /** It has contents as one, as servers of earlier versions do. */
  askChunks(): Promise<null> {
    return this.#link.call(this.#process, () => null);
  }

  readManifest(): Promise<null> {
    return this.#link.call(this.#process, () => null);
  }

  putManifest(): Promise<string> {
    return this.#noChunks();
  }

  readGrants(): Promise<never> {
    return this.#noChunks();
  }

  async *downloadInOrder(): AsyncGenerator<Frame> {
    yield await this.#noChunks();
  }

  #noChunks(): Promise<never> {
    return this.#link.call(this.#process, () => {
      throw new ServerError('not_found', 'simulated: this server knows no chunks');
    });
  }

  downloadMany(hashes: readonly ContentHash[]): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
    return this.#link.call(this.#process, () => {
      const found = new Map<ContentHash, Uint8Array>();
      for (const hash of hashes) {
        const bytes = this.#server.contents.get(hash);
        if (bytes !== undefined && bytes.length <= MAX_FRAME_BYTES) found.set(hash, bytes);
      }
      return found;
    });
  }

  async downloadOne(hash: ContentHash, start: number): Promise<AsyncIterable<Uint8Array> | null> {
    const bytes = await this.#link.call(this.#process, () => this.#server.contents.get(hash) ?? null);
    return bytes === null ? null : this.#stream(bytes, start);
  }

  async *#stream(bytes: Uint8Array, start: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < bytes.length; at += PART) {
      await this.#part();
      yield bytes.subarray(at, at + PART);
    }
  }

  async *#batches(heads: readonly Head[]): AsyncGenerator<readonly Head[]> {
    for (let at = 0; at < heads.length; at += HEADS_IN_A_BATCH) {
      if (at > 0) await this.#part();
      yield heads.slice(at, at + HEADS_IN_A_BATCH);
    }
  }

  /** A part of a stream arrives, or the connection breaks. */
  async #part(): Promise<void> {
    const link = this.#link;
    await this.#process.wait(link.random.between(0.1, 10));
    if (link.up && !link.random.chance(link.faults.lostReplies)) return;
    link.count++;
    throw new ServerError('unreachable', 'simulated: the stream was cut');
  }
}
