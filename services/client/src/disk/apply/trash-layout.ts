import type { RelativePath } from '@syncpair/contracts';
import type { TrashNote } from '../disk.ts';

/** In the trash, what is kept lies in a folder of its own with such a name; other objects lie there for a moment, or since a crash. */
export const KEPT_PREFIX = 'kept-';
/** In such a folder: what it is, as JSON, and the object itself. The first is durable before the second is there. */
export const ABOUT = 'about.json';
export const CONTENT = 'content';

export interface TrashAbout extends TrashNote {
  /** Where it lay. */
  readonly path: RelativePath;
}
