import { type RelativePath, parentOf } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import type { Absences } from './absences.ts';

type Stirring = Pick<Engine, 'changes' | 'pushing' | 'applying' | 'state' | 'problems' | 'portability'>;

/** Of more paths than these it is not told in which folders they lie. */
const MOST_PATHS = 1_000;

/**
 * Folders (null: the root) in which a look at a path may settle something although the object is as the base says: a change or a deletion
 * that was seen before, a hold, a problem. Null when that may be so in any folder.
 */
export function stirredFolders(engine: Stirring, absences: Pick<Absences, 'size' | 'everyPath'>): ReadonlySet<RelativePath | null> | null {
  const { changes, pushing, applying, state, problems, portability } = engine;
  // A rule for names looks at each name beside the others, whatever lies there.
  if (portability !== 'off' || changes.moves.length > 0) return null;
  const { puts, deletes } = changes;
  const sizes = [puts, deletes, pushing, applying, state.holds, problems, absences].map(({ size }) => size);
  if (sizes.reduce((sum, size) => sum + size, 0) > MOST_PATHS) return null;
  const waiting = [...state.holds.everyPath(), ...absences.everyPath(), ...(problems.paths('scan') as RelativePath[])];
  return new Set([...puts.keys(), ...deletes, ...pushing, ...applying, ...waiting].map(parentOf));
}
