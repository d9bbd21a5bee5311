import { type RelativePath, type VersionId, type VersionState, rebase } from '@syncpair/contracts';
import { ByPath } from './by-path.ts';
import type { KnownVersion } from './decide-restore.ts';

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
  path: RelativePath;
  /** The head at its path while it lives; what deleted it, or took its place, else. */
  version: VersionId;
  readonly states: PastState[];
  /** The moves that were about it, not about a folder above. */
  readonly renames: Set<VersionId>;
}

export const isGone = ({ states }: Slot): boolean => states.at(-1)?.state.kind === 'tombstone';

/**
 * Follows files, folders and links through a part of the log. `before` are the heads of the paths where that part begins. Only what lives is
 * carried along by a move. At the name that it leaves something new begins, and what was deleted at the name that it gets is a thing of
 * the past, told beside it.
 */
export function replaySpan(before: ReadonlyMap<RelativePath, KnownVersion>, lines: readonly SpanLine[]): Slot[] {
  const slots = new ByPath<Slot>();
  const past: Slot[] = [];
  const write = (path: RelativePath, state: PastState): void => {
    const [slot] = slots.get(path);
    if (slot === undefined) slots.add({ path, version: state.version, states: [state], renames: new Set() });
    else {
      slot.version = state.version;
      slot.states.push(state);
    }
  };
  for (const [path, { version, state }] of before) write(path, { version, state, own: false, author: '' });
  for (const line of lines) {
    if (line.op === 'move') past.push(...moveSlots(slots, line));
    else write(line.path, { version: line.version, state: line.state, own: line.own, author: line.author });
  }
  return [...slots.all(), ...past];
}

/** Returns those whose place is taken. */
function moveSlots(slots: ByPath<Slot>, { from, to, version }: MoveLine): Slot[] {
  const displaced: Slot[] = [];
  for (const slot of slots.within(from)) {
    if (isGone(slot)) continue;
    const { path } = slot;
    const place = rebase(path, from, to);
    for (const there of slots.get(place)) {
      displaced.push(there);
      slots.remove(there);
    }
    slots.remove(slot);
    slots.add({ path, version, states: [], renames: new Set() });
    if (path === from) slot.renames.add(version);
    slot.path = place;
    slot.version = version;
    slots.add(slot);
  }
  return displaced;
}
