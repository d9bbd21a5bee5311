import type { DiskFolder } from '../disk/simulated-disk.ts';
import { StagingArea } from '../disk/staging-area.ts';
import { Tree } from '../files/tree.ts';
import { User } from './user.ts';
import type { World } from './world.ts';

/** A directory's folder on one machine, with the state that lies in it. */
export interface Folder extends DiskFolder {
  readonly name: string;
  readonly user: User;
  readonly where: { readonly client: number; readonly directory: string; patterns: readonly string[] };
  /** The state as it was when the last process ended. */
  state: Uint8Array | null;
  /** The power failed while a client was at work here, and none has looked since what that took along. */
  wentDown: boolean;
}

/** An empty folder. `wall` tells its machine's time in milliseconds since 1970. */
export function makeFolder({ ledger, time }: World, where: Folder['where'], wall: () => number): Folder {
  const tree = new Tree(wall);
  const user = new User(tree, time, { placed: (path, node) => ledger.wrote(where, path, node) });
  const outliving = { tree, staging: new StagingArea(tree), root: 'there' as const, state: null, wentDown: false };
  return { name: where.directory, user, where, ...outliving };
}
