import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ClientProcess } from '../harness/client-process.ts';

/**
 * Ends a client as a power cut does: at once, and for its next start the machine was switched on anew in between. What the disk forgot is the
 * test's own to play.
 */
export async function cutPower(client: ClientProcess): Promise<void> {
  await client.kill();
  forgetBoot(client.folder);
}

/** Makes the state in a folder one of a machine that went down while a client was at work. */
export function forgetBoot(folder: string): void {
  const state = new DatabaseSync(join(folder, '.syncpair_state.db'));
  const { changes } = state.prepare("UPDATE meta SET value = 'a boot that is over' WHERE key = 'running'").run();
  state.close();
  if (changes !== 1) throw new Error(`the state in ${folder} does not say that a client was at work`);
}
