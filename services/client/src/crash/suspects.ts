import type { RelativePath, VersionId, VersionState } from '@syncpair/contracts';
import type { Engine } from '../daemon/engine.ts';
import { changedAt } from '../disk/stamp.ts';

/**
 * Milliseconds. Systems write what they were given within half a minute, laptops that save power within some minutes; what is older than this
 * is on the disk.
 */
export const UNCERTAIN_MS = 10 * 60_000;
const PAGE = 500;

/** A path that a power cut may have touched. */
export interface Suspect {
  readonly path: RelativePath;
  /** What is to be there: what was agreed on, or what the server has by now. */
  readonly agreed: { readonly version: VersionId; readonly state: VersionState };
  /** What the state says lies there. */
  readonly applied: VersionState;
  /** What was there shortly before. */
  readonly earlier: readonly VersionState[];
}

const NOTHING: VersionState = { kind: 'tombstone' };

/** Every path that changed shortly before the last sign of life, and those whose change the state itself may have forgotten. */
export function suspectsOf(engine: Engine): Suspect[] {
  const { state, ignore } = engine;
  const suspects = new Map<RelativePath, Suspect>();
  const since = lastSignOfLife(engine) - BigInt(UNCERTAIN_MS) * 1_000_000n;
  for (const { path, version, state: agreed, held, stamp } of state.base.all()) {
    if (held || stamp === null || agreed.kind === 'tombstone') continue;
    if ((changedAt(stamp) ?? since - 1n) >= since)
      suspects.set(path, { path, agreed: { version, state: agreed }, applied: agreed, earlier: [] });
  }
  for (const { path, earlier, version } of state.earlier.list()) {
    const agreed = state.base.get(path) ?? { version, state: NOTHING };
    const known = suspects.get(path)?.earlier ?? [];
    suspects.set(path, {
      path,
      agreed: { version: agreed.version, state: agreed.state },
      applied: agreed.state,
      earlier: [...known, earlier],
    });
  }
  for (const { path, version, state: head } of heads(engine)) {
    const known = suspects.get(path);
    // A folder or link that nobody suspects is there or not, and never in part.
    if (known === undefined && (head.kind === 'dir' || head.kind === 'link')) continue;
    const applied = state.base.get(path)?.state ?? NOTHING;
    // What is recent on the disk may lie there in part.
    const earlier = known === undefined ? [] : [...known.earlier, known.applied];
    suspects.set(path, { path, agreed: { version, state: head }, applied, earlier });
  }
  return [...suspects.values()].filter(({ path, agreed }) => agreed.state.kind === 'tombstone' || !ignore.ignores(path, agreed.state.kind));
}

function* heads({ state }: Engine) {
  for (let after = '', page = state.remote.after(after, PAGE); page.length > 0; page = state.remote.after(after, PAGE)) {
    yield* page;
    after = page.at(-1)?.path ?? after;
  }
}

/** Nanoseconds since 1970. A client at work notes the time of every look at the server's log. */
function lastSignOfLife({ state }: Engine): bigint {
  const noted = Date.parse(state.fact('last_sync') ?? '');
  return BigInt(Number.isNaN(noted) ? 0 : noted) * 1_000_000n;
}
