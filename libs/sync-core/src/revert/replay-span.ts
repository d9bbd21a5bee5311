import { type RelativePath, type VersionId, type VersionState, rebase, splitVersionId } from '@syncpair/contracts';
import { ByPath } from './by-path.ts';
import type { KnownVersion } from './decide-restore.ts';
import { type Place, Places } from './places.ts';

interface Line {
  readonly version: VersionId;
  /** The `client_id`. */
  readonly author: string;
  /** True for what is to be undone. */
  readonly own: boolean;
}
export interface HeadLine extends Line {
  readonly op: 'head';
  readonly path: RelativePath;
  readonly state: VersionState;
}
export interface MoveLine extends Line {
  readonly op: 'move';
  readonly from: RelativePath;
  readonly to: RelativePath;
}
/** A line of the log: a path has another head, or a file or folder another name. */
export type SpanLine = HeadLine | MoveLine;

/** A state that a file, folder or link had, whatever its name was. */
export interface PastState {
  readonly version: VersionId;
  readonly state: VersionState;
  readonly own: boolean;
  readonly author: string;
}

/** What lies at a path now or did before it was deleted, and what it was since the span began, the oldest first. */
export interface Slot {
  /** Where it lies, or would lie now if it had not been deleted. */
  path: RelativePath;
  /** The head at its path while it lives; what deleted it, or took its place, else. */
  version: VersionId;
  readonly states: PastState[];
  /** The moves that were about it, not about a folder above. */
  readonly renames: Set<VersionId>;
  /** Where it would lie now if it had not been deleted; null while it lives. */
  place: Place | null;
}

/** Something that got one name after another from oneself: only the first one's origin counts. */
export interface OwnRename {
  /** The first of the moves. */
  readonly version: VersionId;
  readonly slot: Slot;
  /** Where it would lie now without them. */
  readonly origin: Place;
  /** Who else gave the thing itself another name since. */
  renamedBy: string | null;
}

export const isGone = ({ states }: Slot): boolean => states.at(-1)?.state.kind === 'tombstone';

/**
 * Follows files, folders and links through a part of the log. `before` are the heads of the paths where that part begins. A move carries along
 * what lives, and the places of what was deleted in a folder. At the name that it leaves something new begins, and what was deleted at the
 * name that it gets is a thing of the past, told beside it.
 */
export function replaySpan(
  before: ReadonlyMap<RelativePath, KnownVersion>,
  lines: readonly SpanLine[],
): { readonly slots: readonly Slot[]; readonly renames: readonly OwnRename[] } {
  const replay = new Replay();
  for (const [path, { version, state }] of before) replay.write(path, { version, state, own: false, author: '' });
  for (const line of lines) {
    if (line.op === 'move') replay.move(line);
    else replay.write(line.path, { version: line.version, state: line.state, own: line.own, author: line.author });
  }
  return replay.result();
}

class Replay {
  readonly #slots = new ByPath<Slot>();
  /** Those whose name was taken. */
  readonly #past: Slot[] = [];
  readonly #places = new Places((path) => this.#slots.get(path));
  readonly #renames = new Map<Slot, OwnRename[]>();

  write(path: RelativePath, state: PastState): void {
    const [known] = this.#slots.get(path);
    const slot = known ?? this.#begin(path, state.version);
    slot.version = state.version;
    slot.states.push(state);
    if (!isGone(slot)) slot.place = null;
    else if (slot.place === null) {
      const origins = (this.#renames.get(slot) ?? []).map(({ origin }) => origin);
      slot.place = this.#places.leave(path, origins);
    }
  }

  move(line: MoveLine): void {
    const { from, to, version } = line;
    const mover = this.#slots.get(from).find((slot) => !isGone(slot)) ?? (line.own ? this.#begin(from, version) : undefined);
    if (mover !== undefined) this.#rename(mover, line);
    const carried = this.#places.carry(line, mover);
    for (const slot of this.#slots.within(from)) {
      if (slot.place !== null && !carried.has(slot.place)) continue;
      const { path } = slot;
      const place = rebase(path, from, to);
      for (const there of this.#slots.get(place)) {
        this.#past.push(there);
        this.#slots.remove(there);
      }
      this.#slots.remove(slot);
      slot.path = place;
      if (slot.place === null) {
        this.#begin(path, version);
        slot.version = version;
      }
      this.#slots.add(slot);
    }
  }

  result(): { readonly slots: readonly Slot[]; readonly renames: readonly OwnRename[] } {
    return { slots: [...this.#slots.all(), ...this.#past], renames: [...this.#renames.values()].flat().sort(inOrder) };
  }

  #begin(path: RelativePath, version: VersionId): Slot {
    const slot: Slot = { path, version, states: [], renames: new Set(), place: null };
    this.#slots.add(slot);
    return slot;
  }

  #rename(slot: Slot, { own, author, version, from }: MoveLine): void {
    slot.renames.add(version);
    const renames = this.#renames.get(slot) ?? [];
    if (!own) for (const rename of renames) rename.renamedBy = author;
    else if (renames.at(-1)?.renamedBy !== null) {
      renames.push({ version, slot, origin: this.#places.leave(from), renamedBy: null });
      this.#renames.set(slot, renames);
    }
  }
}

function inOrder(a: OwnRename, b: OwnRename): number {
  const [one, other] = [splitVersionId(a.version), splitVersionId(b.version)];
  return one.seq - other.seq || one.ordinal - other.ordinal;
}
