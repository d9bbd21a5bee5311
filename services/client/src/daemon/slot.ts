import { type DirectoryStatus, directoryKey } from '@syncpair/contracts';
import type { AxiosInstance } from 'axios';
import type { Bandwidth } from '../bandwidth/bandwidth.ts';
import type { ClientConfig, DirectoryConfig } from '../config/config.ts';
import { findFolder } from '../identity/find-folder.ts';
import { RootUnprovenError } from '../identity/prepare-root.ts';
import { forgetRootRecord } from '../identity/root-record.ts';
import type { Logger } from '../log/logger.ts';
import { FolderInUseError } from '../state/root-lock.ts';
import { NewerStateError } from '../state/schema.ts';
import { closedStatus } from '../status/closed-status.ts';
import { directoryStatus } from '../status/directory-status.ts';
import { type Accepted } from './control.ts';
import { type OpenDirectory, openDirectory } from './open-directory.ts';

/** Milliseconds before a folder that could not be opened is tried again. */
const REOPEN_MS = 10_000;
/** Milliseconds before a folder is looked for again that was in sync and is not there. */
const RETURN_MS = 2_000;

export interface SlotParts {
  readonly client: ClientConfig;
  readonly config: DirectoryConfig;
  readonly http: AxiosInstance;
  readonly bandwidth: Bandwidth | undefined;
  readonly log: Logger;
  readonly inspect: boolean;
  /** Calls once, later, unless the daemon stops before. */
  readonly later: (ms: number, callback: () => void) => void;
  /** Called when the directory was opened again. */
  readonly onReopened: () => void;
}

/** The place of one directory in a daemon: open and at work, or closed for a reason and tried again. */
export class Slot {
  readonly config: DirectoryConfig;
  open: OpenDirectory | null = null;
  /** Why it is not open, with an error code; null when it is, or was not tried yet. */
  failure: { readonly code: 'local_path' | 'root_missing'; readonly message: string } | null = null;
  readonly #parts: SlotParts;
  #opening = false;

  constructor(parts: SlotParts) {
    this.#parts = parts;
    this.config = parts.config;
  }

  /** Opens it and lets it work, or notes why that cannot be and tries again later. @throws {FolderInUseError | NewerStateError} */
  async start(): Promise<void> {
    const { client, config, http, bandwidth, log, inspect, later } = this.#parts;
    this.#opening = true;
    try {
      this.open = await openDirectory(client, config, { http, bandwidth, log, inspect });
      this.failure = null;
    } catch (error) {
      if (error instanceof FolderInUseError || error instanceof NewerStateError) throw error;
      const isNews = (error as Error).message !== this.failure?.message;
      const isLost = error instanceof RootUnprovenError;
      this.failure = { code: isLost ? 'root_missing' : 'local_path', message: (error as Error).message };
      if (isNews) log.error(`${config.name}: ${this.failure.message}; the other directories go on, this one is tried again`);
      later(isLost ? RETURN_MS : REOPEN_MS, () => this.#startAgain());
      return;
    } finally {
      this.#opening = false;
    }
    const namespace = directoryKey({ client_id: client.clientId, name: config.name, shared: config.shared });
    log.info(`${config.name}: keeping ${config.localPath} the same as ${namespace} on ${client.server}`);
    this.open.sync.start();
    if (!inspect) this.#lookAfter(this.open.device);
  }

  /**
   * Takes the folder and the server that are there as those that are meant, where the directory waits for that word, and opens it anew.
   *
   * @returns what was waited for
   */
  async accept(): Promise<Accepted['accepted']> {
    const code = this.open?.sync.haltCode ?? this.failure?.code;
    if (code !== 'root_missing' && code !== 'other_server') return [];
    if (code === 'root_missing') forgetRootRecord(this.config.localPath);
    else this.open?.forgetServer();
    await this.#close();
    this.#startAgain();
    return [code === 'root_missing' ? 'folder' : 'server'];
  }

  status(): DirectoryStatus {
    if (this.open !== null) return directoryStatus(this.open.sync);
    return closedStatus(this.#parts.client, this.config, this.failure ?? { code: 'local_path', message: 'the folder is not open yet' });
  }

  async #close(): Promise<void> {
    const open = this.open;
    this.open = null;
    try {
      await open?.close();
    } catch (error) {
      // The disk that its state lies on may be gone.
      this.#parts.log.warn(`${this.config.name}: the state could not be closed: ${(error as Error).message}`);
    }
  }

  #startAgain(): void {
    if (this.open !== null || this.#opening) return;
    this.start().then(this.#parts.onReopened, (error: unknown) => {
      this.failure = { code: 'local_path', message: (error as Error).message };
      this.#parts.log.error(`${this.config.name}: ${this.failure.message}`);
    });
  }

  /**
   * A disk that is mounted again can come under another number: the directory is opened anew, and proves itself by its state. And a
   * device that got an identity of its own (`device` is the one it began with) needs another event stream.
   */
  #lookAfter(device: string): void {
    this.#parts.later(RETURN_MS, () => {
      const { open } = this;
      if (open === null) return;
      if (open.sync.haltCode === 'root_missing' && this.#hasState()) void this.#close().then(() => this.#startAgain());
      else {
        if (open.device !== device) this.#parts.onReopened();
        this.#lookAfter(open.device);
      }
    });
  }

  #hasState(): boolean {
    try {
      const found = findFolder(this.config.localPath);
      return found !== null && found !== 'other' && found.hasState;
    } catch {
      // What cannot be looked at is not back.
      return false;
    }
  }
}
