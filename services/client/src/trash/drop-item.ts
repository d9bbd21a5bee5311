import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KEPT_PREFIX } from '../disk/apply/trash-layout.ts';
import type { TrashItem } from './trash-item.ts';

/** Takes something out of the trash for good. Its bytes go first: a folder without them is debris that the next start removes. */
export async function dropItem({ id, file }: TrashItem): Promise<void> {
  await rm(file, { force: true });
  if (id.startsWith(KEPT_PREFIX)) await rm(dirname(file), { recursive: true, force: true });
}
