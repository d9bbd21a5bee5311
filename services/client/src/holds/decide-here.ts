import type { HoldDecision } from '@syncpair/contracts';
import type { DirectorySync } from '../daemon/directory-sync.ts';

/** Decides a hold of this client on this client alone, where the server knows no holds. @returns false when there is no such hold */
export async function decideHere({ engine, pusher }: DirectorySync, id: string, decision: HoldDecision): Promise<boolean> {
  const hold = engine.state.holds.get(id);
  if (hold === null) return false;
  const word = decision === 'approve' ? 'approved' : 'rejected';
  if (hold.kind === 'overwrites') await (decision === 'approve' ? pusher.overwrites.approve(id) : pusher.overwrites.reject(id));
  else if (decision === 'approve') pusher.guard.approve(id);
  else pusher.guard.reject(id);
  engine.log.info(`${engine.config.name}: hold ${id} with ${hold.paths} paths was ${word}`);
  return true;
}
