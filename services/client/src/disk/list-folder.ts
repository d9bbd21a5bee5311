import { readdirSync } from 'node:fs';
import { type RelativePath, joinPath, parseRelativePath } from '@syncpair/contracts';
import { escapeText } from '../log/escape.ts';
import { DiskProblem, type Listing, type UnseenEntry } from './disk.ts';
import type { FolderHandles } from './folder-handles.ts';
import { observeAt } from './observe-at.ts';
import type { ListedEntry, Observed } from './observed.ts';
import { isOwnName } from './own-folder.ts';
import { toProblem } from './problem.ts';
import type { ObserveOptions } from './stamp.ts';

const REPLACEMENT = '�';

/** `Disk.list`. */
export function listFolder(folders: FolderHandles, folder: RelativePath | null, options: ObserveOptions): Listing | DiskProblem {
  const entries: ListedEntry[] = [];
  const refused: Listing['refused'][number][] = [];
  const unseen: UnseenEntry[] = [];
  try {
    const handle = folders.folder(folder);
    for (const name of readNames(handle.self)) {
      if (typeof name !== 'string') {
        refused.push({ name: escapeBytes(name), reason: 'the name is not valid UTF-8' });
        continue;
      }
      if (folder === null && isOwnName(name)) continue;
      const path = parseRelativePath(joinPath(folder, name));
      if (!path.ok) {
        refused.push({ name: escapeText(name), reason: path.reason });
        continue;
      }
      const observed = observeChild(() => observeAt(folders, path.value, handle.at(name), options));
      if (observed instanceof DiskProblem) unseen.push({ path: path.value, code: observed.code, message: observed.message });
      else if (observed !== null) entries.push({ path: path.value, observed });
    }
    handle.confirm();
    return { entries, refused, unseen };
  } catch (error) {
    return toProblem(error);
  }
}

/** Names as text; as bytes where they are no text. */
function readNames(path: string): (string | Buffer)[] {
  const names = readdirSync(path);
  if (!names.some((name) => name.includes(REPLACEMENT))) return names;
  return readdirSync(path, 'buffer').map((bytes) => {
    const text = bytes.toString('utf8');
    return Buffer.from(text).equals(bytes) ? text : bytes;
  });
}

/** What lies there, null when it vanished meanwhile, or why that cannot be told. */
function observeChild(look: () => Observed | null): Observed | null | DiskProblem {
  try {
    return look();
  } catch (error) {
    return toProblem(error);
  }
}

function escapeBytes(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  return text;
}
