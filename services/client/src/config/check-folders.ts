import { posix, win32 } from 'node:path';
import type { ConfigError, Place } from './config.ts';
import { quote } from './quote.ts';

/** What was found on disk at a `local_path`. */
export interface FolderFacts {
  readonly localPath: string;
  /** With every link followed; what does not exist yet is put below its nearest folder that does. */
  readonly realPath: string;
  /** The identity (device and inode) of the folder and of each above it, itself first; null where it does not exist or cannot be seen. */
  readonly ids: readonly (string | null)[];
  readonly problem:
    | null
    | { readonly kind: 'not-a-folder' | 'loop'; readonly path: string }
    | { readonly kind: 'dangling'; readonly path: string; readonly target: string };
}

export interface CheckedFolder {
  readonly name: string;
  readonly place: Place;
  readonly facts: FolderFacts;
}

/**
 * Finds folders that cannot be kept in sync: the root, the home folder or one that holds it, what is no folder, and two that are the same or
 * lie in each other, by whatever way their paths lead there.
 */
export function checkFolders(
  folders: readonly CheckedFolder[],
  { file, home, platform }: { readonly file: string; readonly home: FolderFacts; readonly platform: NodeJS.Platform },
): ConfigError[] {
  const refused: ConfigError[] = [];
  const good: CheckedFolder[] = [];
  for (const folder of folders) {
    const message = aloneWrong(folder.facts, home, platform) ?? firstClash(folder, good, platform);
    if (message === null) good.push(folder);
    else refused.push({ file, place: folder.place, message: `"local_path" ${message}` });
  }
  return refused;
}

function aloneWrong(facts: FolderFacts, home: FolderFacts, platform: NodeJS.Platform): string | null {
  const { problem, realPath } = facts;
  if (problem?.kind === 'dangling')
    return `leads over the link ${quote(problem.path)} to ${quote(problem.target)}, which does not exist; make that folder, or write another path`;
  if (problem?.kind === 'loop') return `leads over the link ${quote(problem.path)}, which leads back to itself; write another path`;
  if (problem !== null)
    return `${problem.path === realPath ? 'is' : 'leads over'} ${quote(problem.path)}, a file; write the path of a folder`;
  if ((platform === 'win32' ? win32 : posix).dirname(realPath) === realPath)
    return 'is the root of the file system; write a folder of its own, as in ~/team';
  const relation = relationOf(facts, home, platform);
  if (relation === 'same') return 'is your home folder itself; write a folder in it, as in ~/team';
  return relation === 'above' ? 'holds your whole home folder; write a folder of its own, as in ~/team' : null;
}

function firstClash(folder: CheckedFolder, others: readonly CheckedFolder[], platform: NodeJS.Platform): string | null {
  for (const { name, place, facts } of others) {
    const relation = relationOf(folder.facts, facts, platform);
    if (relation === 'apart') continue;
    const words = { same: 'is the same folder as', below: 'lies in', above: 'holds' }[relation];
    return `${words} ${quote(facts.localPath)} of the directory ${quote(name)} in line ${place.line}; give each directory a folder of its own, outside of the others`;
  }
  return null;
}

/** How `a` lies to `b`. Paths alone do not tell: a folder may be mounted twice, or its file system may not distinguish case. */
function relationOf(a: FolderFacts, b: FolderFacts, platform: NodeJS.Platform): 'same' | 'below' | 'above' | 'apart' {
  const [one, other] = [comparable(a.realPath, platform), comparable(b.realPath, platform)];
  const [id, otherId] = [a.ids[0] ?? null, b.ids[0] ?? null];
  if (one === other || (id !== null && id === otherId)) return 'same';
  if (one.startsWith(`${other}/`) || (otherId !== null && a.ids.includes(otherId))) return 'below';
  if (other.startsWith(`${one}/`) || (id !== null && b.ids.includes(id))) return 'above';
  return 'apart';
}

const comparable = (path: string, platform: NodeJS.Platform): string => {
  if (platform === 'win32') return path.replaceAll('\\', '/').toLowerCase();
  return platform === 'darwin' ? path.normalize('NFC').toLowerCase() : path;
};
