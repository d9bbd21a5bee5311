import type { RelativePath, VersionId } from '@syncpair/contracts';
import type { Place } from './places.ts';
import { Renames } from './renames.ts';
import { type OwnRename, type Slot, isGone } from './replay-span.ts';
import type { KeptPath } from './revert-plan.ts';

/** A move taken back: what is at `from`, once the ones before it in the list are taken back, gets the name `to`. */
export interface ReversedMove {
  readonly from: RelativePath;
  readonly to: RelativePath;
  /** The move that is taken back. */
  readonly version: VersionId;
  /** What was moved. */
  readonly slot: Slot;
  readonly origin: Place;
  /** False when what was moved is gone and nothing comes back into it: there is nothing to do, but its place is another one. */
  readonly lives: boolean;
}

/**
 * The moves that take back those of one's own, the latest first, and the names that stay because somebody renamed the same thing since.
 * Names are followed through what others did to the folders above.
 */
export function undoMoves(renames: readonly OwnRename[]): { readonly reversed: ReversedMove[]; readonly kept: KeptPath[] } {
  const reversed = new Renames<ReversedMove>();
  const kept: KeptPath[] = [];
  /** Folders that come to be again, because something is moved back into them. */
  const filled = new Set<Slot>();
  for (const { version, slot, origin, renamedBy } of renames.toReversed()) {
    if (renamedBy !== null) {
      kept.push({ path: slot.path, reason: 'renamed_since', by: renamedBy });
      continue;
    }
    const lives = !isGone(slot) || filled.has(slot);
    const from = slot.place === null ? back(slot.path, reversed) : backPlace(slot.place, reversed, slot.renames);
    const to = backPlace(origin, reversed, new Set());
    reversed.add({ from, to, version, slot, origin, lives });
    if (lives) for (const folder of origin.folders) filled.add(folder);
  }
  return { reversed: reversed.list, kept };
}

const doesLive = ({ lives }: ReversedMove): boolean => lives;

/** The name that something which lives now has once the moves are taken back. */
export const back = (path: RelativePath, reversed: Renames<ReversedMove>): RelativePath =>
  reversed.follow(path, { along: doesLive, self: doesLive });

/** The same for the place of what is gone: it goes where its folder goes, and takes back the moves (`own`) that it went through itself. */
export function backPlace({ path, folders }: Place, reversed: Renames<ReversedMove>, own: ReadonlySet<VersionId>): RelativePath {
  const around = new Set(folders);
  return reversed.follow(path, {
    along: ({ slot }) => around.has(slot),
    self: ({ version }) => own.has(version),
    went: ({ origin }) => {
      for (const folder of origin.folders) around.add(folder);
    },
  });
}
