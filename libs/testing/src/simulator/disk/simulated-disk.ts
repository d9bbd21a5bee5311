import {
  type Chunk,
  type ContentHash,
  type RelativePath,
  chunkSizesOf,
  decodeManifest,
  encodeManifest,
  findCut,
  joinPath,
  parseRelativePath,
} from '@syncpair/contracts';
import {
  type ChunkedContent,
  type Disk,
  type DiskAction,
  DiskProblem,
  type DiskResult,
  type ExpectedFile,
  type ExpectedObject,
  type FilePart,
  type KnownFolder,
  type Listing,
  type RootIdentity,
  RootLostError,
  type StagedFile,
  type Unchanged,
} from '../../../../../services/client/src/disk/disk.ts';
import type { Observed } from '../../../../../services/client/src/disk/observed.ts';
import { type FileNode, type LinkNode, stampOf } from '../files/nodes.ts';
import { type Tree, TreeError } from '../files/tree.ts';
import { contentHash } from '../world/content-hash.ts';
import type { OwnProcess } from '../world/own-process.ts';
import type { Random } from '../world/random.ts';
import { DiskActions } from './disk-actions.ts';
import { holdAgainst } from './hold-against.ts';
import { observeNode } from './observe-node.ts';
import type { StagingArea } from './staging-area.ts';
import type { DiskWitness } from './witness.ts';

/** Bytes of one part of a stream. */
const PART = 256 * 1024;
/** Folders of which one answer tells, so that the others are asked for again. */
const MOST_FOLDERS = 3;

/** What outlives the processes that use a disk. */
export interface DiskFolder {
  readonly tree: Tree;
  readonly staging: StagingArea;
  /** Another folder lies where the root was, or nothing. */
  root: 'there' | 'gone' | 'replaced';
}

export interface SimulatedDiskParts {
  readonly folder: DiskFolder;
  readonly process: OwnProcess;
  readonly random: Random;
  readonly witness: DiskWitness;
  /** Called after each step that took effect; the process may be killed by it. */
  readonly onStep: () => void;
}

/** The `Disk` of one process on a simulated folder. Each call takes its time, and the world goes on between the steps of a batch. */
export class SimulatedDisk implements Disk {
  readonly #parts: SimulatedDiskParts;
  readonly #actions: DiskActions;

  constructor(parts: SimulatedDiskParts) {
    this.#parts = parts;
    this.#actions = new DiskActions(parts.folder.tree, parts.witness);
  }

  async identify(): Promise<RootIdentity> {
    await this.#begin();
    return { device: '1', inode: String(this.#tree.root.inode) };
  }

  async list(folders: readonly (RelativePath | null)[]): Promise<(Listing | DiskProblem)[]> {
    await this.#begin();
    const listings = folders.slice(0, MOST_FOLDERS).map((folder) => this.#listed(folder));
    await this.#maybe(0.2);
    return listings;
  }

  async listChanged(folders: readonly KnownFolder[]): Promise<(Listing | Unchanged | DiskProblem)[]> {
    const listings = await this.list(folders.map(({ path }) => path));
    return listings.map((listing, index) =>
      listing instanceof DiskProblem ? listing : holdAgainst(listing, (folders[index] as KnownFolder).known),
    );
  }

  async stat(paths: readonly RelativePath[]): Promise<(Observed | null | DiskProblem)[]> {
    return this.#each(paths, (path) => {
      const result = attempt(() => {
        const { folder, name } = this.#tree.place(path);
        const node = folder.children.get(name);
        return node === undefined ? null : observeNode(node);
      });
      return result instanceof DiskProblem && result.code !== 'EACCES' ? null : result;
    });
  }

  async differ(expected: readonly ExpectedObject[]): Promise<boolean[]> {
    return this.#each(expected, ({ path, stamp }) => {
      const found = attempt(() => {
        const { folder, name } = this.#tree.place(path);
        const node = folder.children.get(name);
        return node === undefined ? null : observeNode(node).stamp;
      });
      return found !== stamp;
    });
  }

  async hash(files: readonly ExpectedFile[]): Promise<(ContentHash | 'changed' | DiskProblem)[]> {
    return this.#each(files, (file) => this.#withExpected(file, contentHash));
  }

  async chunk(
    file: ExpectedFile,
    onChunks: (chunks: readonly Chunk[]) => void = () => undefined,
  ): Promise<ChunkedContent | 'changed' | DiskProblem> {
    const [read = 'changed'] = await this.#each([file], (one) => this.#withExpected(one, chunked));
    if (read !== 'changed' && 'manifest' in read) onChunks(decodeManifest(read.manifest));
    return read;
  }

  async read(files: readonly ExpectedFile[]): Promise<(Uint8Array | 'changed' | DiskProblem)[]> {
    return this.#each(files, (file) => this.#withExpected(file, (bytes) => bytes));
  }

  async readParts(file: ExpectedFile, parts: readonly FilePart[]): Promise<readonly Uint8Array[] | 'changed' | DiskProblem> {
    await this.#begin();
    return this.#withExpected(file, (bytes) =>
      parts.some(({ start, size }) => start + size > bytes.length)
        ? 'changed'
        : parts.map(({ start, size }) => bytes.slice(start, start + size)),
    );
  }

  async openRead(path: RelativePath, start: number): Promise<AsyncIterable<Uint8Array> | DiskProblem> {
    await this.#begin();
    return attempt(() => {
      const { folder, name } = this.#tree.place(path);
      const node = folder.children.get(name);
      if (node === undefined) throw new TreeError('ENOENT');
      if (node.kind !== 'file') return new DiskProblem('not_a_file', 'simulated: no file');
      return this.#stream(node, start);
    });
  }

  async stage(key: ContentHash, _size: number): Promise<StagedFile> {
    await this.#begin();
    return this.#parts.folder.staging.open(key, () => this.#maybe(0.5));
  }

  async apply(actions: readonly DiskAction[]): Promise<DiskResult[]> {
    await this.#begin();
    const made = actions.map((action, index) => this.#make(action, isLastUse(actions, index)));
    const results: DiskResult[] = [];
    for (const [index, action] of actions.entries()) {
      await this.#maybe(0.3);
      const content = made[index] ?? null;
      const result: DiskResult =
        content instanceof DiskProblem ? { status: 'problem', problem: content } : this.#actions.carryOut(action, content);
      if (result.status !== 'done' && action.op === 'file' && content !== null && 'bytes' in content) this.#drop(action, content);
      results.push(result);
      if (result.status !== 'done') continue;
      this.#parts.onStep();
      if (!this.#parts.process.alive) await this.#parts.process.wait(0);
    }
    await this.#maybe(0.3);
    this.#tree.flushed();
    return results;
  }

  async clean(): Promise<void> {
    await this.#begin();
  }

  async close(): Promise<void> {
    await this.#maybe(0.5);
  }

  get #tree(): Tree {
    return this.#parts.folder.tree;
  }

  #listed(folder: RelativePath | null): Listing | DiskProblem {
    return attempt(() => {
      const entries: Listing['entries'][number][] = [];
      const refused: Listing['refused'][number][] = [];
      for (const [name, node] of this.#tree.folder(folder).children) {
        const path = parseRelativePath(joinPath(folder, name));
        if (path.ok) entries.push({ path: path.value, observed: observeNode(node) });
        else refused.push({ name, reason: path.reason });
      }
      return { entries, refused, unseen: [] };
    });
  }

  /** @throws {RootLostError} */
  async #begin(): Promise<void> {
    const { random, process, folder } = this.#parts;
    await process.wait(random.chance(0.03) ? random.between(5, 150) : random.between(0.05, 1.5));
    if (folder.root !== 'there') throw new RootLostError(`the simulated folder is ${folder.root}`);
  }

  async #maybe(probability: number): Promise<void> {
    const { random, process } = this.#parts;
    if (random.chance(probability)) await process.wait(random.between(0.02, 3));
  }

  /** Answers for one after the other; the tree may change between any two. */
  async #each<Asked, Answer>(asked: readonly Asked[], answer: (one: Asked) => Answer): Promise<Answer[]> {
    await this.#begin();
    const answers: Answer[] = [];
    for (const one of asked) {
      await this.#maybe(0.1);
      answers.push(answer(one));
    }
    await this.#maybe(0.2);
    return answers;
  }

  #withExpected<T>({ path, stamp }: ExpectedFile, use: (bytes: Uint8Array) => T): T | 'changed' | DiskProblem {
    const node = attempt(() => {
      const { folder, name } = this.#tree.place(path);
      return folder.children.get(name) ?? null;
    });
    if (node instanceof DiskProblem) return node.code === 'EACCES' ? node : 'changed';
    if (node?.kind !== 'file' || stampOf(node) !== stamp) return 'changed';
    return use(node.bytes);
  }

  async *#stream(file: FileNode, start: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < file.bytes.length; at += PART) {
      yield file.bytes.slice(at, at + PART);
      await this.#maybe(0.5);
    }
  }

  /** What an action is to put in place, written aside and on the platter. */
  #make(action: DiskAction, last: boolean): FileNode | LinkNode | DiskProblem | null {
    if (action.op === 'link') return this.#tree.newLink(action.target, action.mtime);
    if (action.op !== 'file') return null;
    const file = this.#content(action, last);
    if (file instanceof DiskProblem) return file;
    file.mtime = action.mtime;
    file.executable = action.executable;
    this.#tree.synced(file);
    return file;
  }

  #content({ content, mtime, executable }: Extract<DiskAction, { op: 'file' }>, last: boolean): FileNode | DiskProblem {
    if ('bytes' in content) return this.#tree.newFile(content.bytes.slice(), mtime, executable);
    if ('staged' in content)
      return this.#parts.folder.staging.take(content.staged, last) ?? new DiskProblem('not_staged', 'simulated: not in the staging area');
    const bytes = this.#withExpected(content.copyOf, (found) => found);
    if (!(bytes instanceof Uint8Array) || contentHash(bytes) !== content.hash)
      return new DiskProblem('source_changed', 'simulated: the source changed');
    return this.#tree.newFile(bytes, mtime, executable);
  }

  #drop(action: Extract<DiskAction, { op: 'file' }>, file: FileNode): void {
    if ('staged' in action.content) this.#parts.folder.staging.giveBack(action.content.staged, file);
    else this.#tree.discard(file);
  }
}

function chunked(bytes: Uint8Array): ChunkedContent {
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = findCut(bytes, at, bytes.length, chunkSizesOf(bytes.length));
    chunks.push({ hash: contentHash(bytes.subarray(at, end)), size: end - at });
    at = end;
  }
  return { hash: contentHash(bytes), manifest: encodeManifest(chunks) };
}

function attempt<T>(look: () => T): T | DiskProblem {
  try {
    return look();
  } catch (error) {
    if (error instanceof TreeError) return new DiskProblem(error.code, `simulated: ${error.code}`);
    throw error;
  }
}

function isLastUse(actions: readonly DiskAction[], index: number): boolean {
  const stagedOf = (action: DiskAction | undefined): ContentHash | null =>
    action?.op === 'file' && 'staged' in action.content ? action.content.staged : null;
  const own = stagedOf(actions[index]);
  return own === null || !actions.slice(index + 1).some((later) => stagedOf(later) === own);
}
