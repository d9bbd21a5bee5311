import { type TestContext, afterEach } from 'vitest';
import { MountSpace } from './mount-space.ts';

/**
 * Mount spaces for the tests of a file, each closed after its test. The function that is returned opens one; it skips the test with the
 * reason where this machine lets nobody mount.
 */
export function useMounts(): (context: TestContext) => Promise<MountSpace> {
  const spaces: MountSpace[] = [];
  afterEach(async () => {
    for (const space of spaces.splice(0)) await space.close();
  });
  return async (context) => {
    const space = await MountSpace.open().catch((error: unknown) => context.skip((error as Error).message));
    spaces.push(space);
    return space;
  };
}
