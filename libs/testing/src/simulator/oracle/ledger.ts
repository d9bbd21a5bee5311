import type { ContentHash, VersionId } from '@syncpair/contracts';
import type { Negotiation } from '../../../../../services/client/src/server/sync-server.ts';
import type { DiskWitness } from '../disk/witness.ts';
import type { Node } from '../files/nodes.ts';
import type { KeptVersion } from '../server/simulated-directory.ts';
import type { Caller, SimulatedServer } from '../server/simulated-server.ts';
import { Causality } from './causality.ts';
import { contentKey } from './content-key.ts';
import { ignores } from './ignores.ts';

/** A rule that was broken: its number in the list of invariants, and what was seen. */
export interface Finding {
  readonly rule: string;
  readonly message: string;
}

/** Whose disk or process something happens on. */
export interface Where {
  readonly client: number;
  readonly directory: string;
  /** The ignore patterns in force there. */
  readonly patterns: readonly string[];
}

/**
 * Keeps book of every content that somebody put anywhere and of everything the engine does, and tells at once what must not be. It knows
 * the engine only by what it does to disks and says to the server.
 */
export class Ledger {
  readonly findings: Finding[] = [];
  readonly #server: () => SimulatedServer;
  readonly #causality: Causality;
  /** Contents that somebody wrote, anywhere. */
  readonly #written = new Set<string>();
  /** How often somebody put a content at a path, and how often a version brought it there. */
  readonly #placed = new Map<string, number>();
  readonly #introduced = new Map<string, number>();
  /** Contents of the versions of each directory. */
  readonly #saved = new Map<string, Set<string>>();
  /** Whose device it is that versions name. */
  readonly #clients = new Map<string, number>();
  /** Disks that a power cut took something from. */
  readonly #wentDown = new Set<string>();
  /** Disks of which a client lost what it knew. */
  readonly #lostKnowledge = new Set<string>();
  /** Conflicts of each directory that were looked at. */
  readonly #judged = new Map<string, number>();
  /** Whether the request that is decided was given up before it arrived. */
  #isLate = false;
  /** Versions of such requests, by directory, path and version. */
  readonly #late = new Set<string>();

  /** `now` tells milliseconds since the beginning. */
  constructor(server: () => SimulatedServer, now: () => number) {
    this.#server = server;
    this.#causality = new Causality(now);
  }

  find(rule: string, message: string): void {
    this.findings.push({ rule, message });
  }

  /** Somebody put this there, or a crash brought it back. */
  placed(directory: string, path: string, node: Node): void {
    const key = contentKey(node);
    this.#written.add(key);
    count(this.#placed, `${directory} ${path} ${key}`);
  }

  /** Somebody at a client put this there. */
  wrote({ client, directory }: Where, path: string, node: Node): void {
    this.placed(directory, path, node);
    if (node.kind !== 'dir') this.#causality.wrote(client, directory, path, contentKey(node));
  }

  /** The client ended without a word. */
  crashed({ client, directory }: Where): void {
    this.#causality.crashed(client, directory);
  }

  /** What the client knew is lost, or older than its disk, or was about another part of the directory. */
  forgot({ client, directory }: Where): void {
    this.#causality.forgot(client, directory);
    this.#lostKnowledge.add(`${client} ${directory}`);
  }

  /** The power failed while a client was at work here. */
  wentDown({ client, directory }: Where): void {
    this.#wentDown.add(`${client} ${directory}`);
  }

  /** What a power cut left of a disk, before the client forgets what it knew of it. */
  left(where: Where, node: Node, path: string | null = null): void {
    if (path !== null && node.kind !== 'dir') this.#causality.left(where.client, where.directory, path, contentKey(node));
    if (node.kind !== 'dir') return;
    for (const [name, child] of node.children) this.left(where, child, path === null ? name : `${path}/${name}`);
  }

  /** All below counts as put there anew: what the client knew of it is lost. */
  placedAll(directory: string, node: Node, path: string | null = null): void {
    if (path !== null) this.placed(directory, path, node);
    if (node.kind !== 'dir') return;
    for (const [name, child] of node.children) this.placedAll(directory, child, path === null ? name : `${path}/${name}`);
  }

  /** The engine gave a folder another name: what somebody put in it and no version has brought yet may be sent from there. */
  #carried(directory: string, from: string, to: string, node: Node): void {
    const key = contentKey(node);
    const at = `${directory} ${from} ${key}`;
    if ((this.#placed.get(at) ?? 0) > (this.#introduced.get(at) ?? 0)) this.placed(directory, to, node);
  }

  /** I8: what is ignored is never sent. */
  proposed(caller: Caller, { changes }: Pick<Negotiation, 'changes'>): void {
    const { clientId, client, device, patterns, isLate = false } = caller;
    this.#clients.set(device, client);
    this.#isLate = isLate;
    for (const change of changes) {
      if (change.op === 'put' && ignores(patterns, change.path, change.entry.kind))
        this.find('I8', `${clientId} sent the ignored ${change.path}`);
      if (change.op !== 'delete') continue;
      const base = this.#server().directory(caller.directory).version(change.path, change.base)?.state.kind ?? 'file';
      if (base !== 'tombstone' && ignores(patterns, change.path, base)) this.find('I8', `${clientId} deleted the ignored ${change.path}`);
    }
  }

  /** I2, I3, I6, I22: versions have contents that somebody wrote, that are on the server, and each as often as somebody put them there. */
  committed(directory: string, versions: readonly KeptVersion[]): void {
    let saved = this.#saved.get(directory);
    if (saved === undefined) this.#saved.set(directory, (saved = new Set()));
    if (this.#isLate) for (const { path, version } of versions) this.#late.add(`${directory} ${path} ${version}`);
    this.#conflicts(directory);
    for (const kept of versions) {
      const { path, version, state, lost, proposed, replaced } = kept;
      const key = contentKey(state);
      if (proposed) this.#deletion(directory, kept);
      if (state.kind === 'file' && !this.#server().contents.has(state.hash as ContentHash))
        this.find('I12', `version ${version} of ${path} has no content on the server`);
      if (state.kind !== 'file' && state.kind !== 'link') continue;
      saved.add(key);
      if (!this.#written.has(key)) this.find('I6', `version ${version} of ${path} has a content that nobody wrote`);
      if (!proposed || (!lost && replaced !== null && contentKey(replaced.state) === key)) continue;
      const at = `${directory} ${path} ${key}`;
      if (count(this.#introduced, at) > (this.#placed.get(at) ?? 0))
        this.find(
          'I3',
          `version ${version} of ${path}${lost ? ' (lost)' : ''} brings back ${key.slice(0, 10)}, which nobody put there again`,
        );
    }
  }

  /**
   * I4: equal contents are never in conflict, nor is what somebody wrote with what they had written it over, nor what a client has from others. Nothing is asked of what was told
   * by a request that was given up and arrived all the same: it may contest what its own client told after it.
   */
  #conflicts(directory: string): void {
    const kept = this.#server().directory(directory);
    const known = this.#judged.get(directory) ?? 0;
    this.#judged.set(directory, kept.conflicts.length);
    for (const { id, path, kind, winner, loser } of kept.conflicts.slice(known)) {
      const contentOf = (version: string): string => contentKey((kept.version(path, version as VersionId) as KeptVersion).state);
      const [won, lost] = [contentOf(winner), contentOf(loser)];
      const tell = (what: string): void => this.find('I4', `${path}: ${winner} and ${loser} are in conflict, and ${what}`);
      if (won === lost) tell('their contents are equal');
      if (kind === 'kind' || [winner, loser].some((version) => this.#late.has(`${directory} ${path} ${version}`))) continue;
      const told = id === `c${winner}` ? winner : loser;
      const teller = this.#clients.get((kept.version(path, told) as KeptVersion).device);
      // Who lost what it knew may tell contents as its own that it has from others.
      const author = this.#causality.authorOf(directory, path, contentOf(told));
      if (author !== teller) {
        if (author !== null && !this.#lostKnowledge.has(`${teller} ${directory}`)) tell('who told it had not written it');
        continue;
      }
      const other = told === winner ? loser : winner;
      if (this.#isToldAnew(directory, kept.version(path, other as VersionId) as KeptVersion)) continue;
      if (this.#causality.isFrom(directory, path, won, lost)) tell('the winner was written over the loser');
      if (this.#causality.isFrom(directory, path, lost, won)) tell('the loser was written over the winner');
    }
  }

  /**
   * True where a client that did not know any more what it had from the server brought an older content back to where nothing was: such a
   * version is not the one over which somebody else wrote that content's successor.
   */
  #isToldAnew(directory: string, { path, state, replaced, device }: KeptVersion): boolean {
    if (replaced !== null && replaced.state.kind !== 'tombstone') return false;
    const teller = this.#clients.get(device);
    return this.#causality.authorOf(directory, path, contentKey(state)) !== teller;
  }

  /** I5: what is deleted was there before whoever deleted it, and no deletion wins over an edit. */
  #deletion(directory: string, { path, version, state, device, lost, replaced }: KeptVersion): void {
    const head = replaced?.state.kind;
    if (lost && head === 'tombstone') this.find('I5', `version ${version} of ${path} lost to a deletion`);
    if (state.kind !== 'tombstone' || replaced === null || (head !== 'file' && head !== 'link')) return;
    const client = this.#clients.get(device);
    if (client !== undefined && !this.#causality.hasSeen(client, directory, contentKey(replaced.state)))
      this.find('I5', `client ${client} deleted ${path}, of which it never had version ${replaced.version}`);
  }

  /** What the engine does on one disk. */
  onDisk(where: Where): DiskWitness {
    const { client, directory } = where;
    const at = (path: string): string => `client ${client}: ${path}`;
    const isIgnored = (path: string, node: Node): boolean => ignores(where.patterns, path, node.kind);
    const brought = (path: string, node: Node): void => {
      if (node.kind !== 'dir') this.#causality.brought(client, directory, path, contentKey(node));
    };
    const isSaved = (node: Node): boolean => node.kind === 'dir' || this.#saved.get(directory)?.has(contentKey(node)) === true;
    /** It may be all that a power cut left of what the server has. */
    const isLeft = (node: Node): boolean =>
      node.kind === 'file' &&
      this.#wentDown.has(`${client} ${directory}`) &&
      [...this.#server().contents.values()].some((bytes) => Buffer.compare(node.bytes, bytes.subarray(0, node.bytes.length)) === 0);
    const untouchable = (path: string, node: Node, what: string): void => {
      if (isIgnored(path, node)) this.find('I8', `${at(path)} is ignored and was ${what}`);
    };
    return {
      creating: (path, made) => {
        if (made.kind !== 'dir') untouchable(path, made, 'created');
        if (!isSaved(made)) this.find('I6', `${at(path)} got a content that no version has`);
        brought(path, made);
      },
      replacing: (path, old, made) => {
        untouchable(path, old, made === null ? 'removed' : 'replaced');
        if (!isSaved(old) && !isLeft(old))
          this.find('I7', `${at(path)} was ${made === null ? 'removed' : 'replaced'}, and no version has what lay there`);
        if (made !== null && !isSaved(made)) this.find('I6', `${at(path)} got a content that no version has`);
        if (made !== null) brought(path, made);
      },
      renaming: (from, to, node) => {
        const visit = (old: string, now: string, below: Node): void => {
          untouchable(old, below, 'moved away');
          if (isIgnored(now, below)) this.find('I8', `${at(now)} is ignored and was moved there`);
          this.#carried(directory, old, now, below);
          brought(now, below);
          if (below.kind === 'dir') for (const [name, child] of below.children) visit(`${old}/${name}`, `${now}/${name}`, child);
        };
        visit(from, to, node);
      },
      dressing: (path, node) => untouchable(path, node, 'touched'),
    };
  }
}

function count(counts: Map<string, number>, key: string): number {
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
}
