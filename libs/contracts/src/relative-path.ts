import { type Brand, type Parsed, parsed, refused } from './brand.ts';

/**
 * A path inside a synchronised directory: names joined by `/`, never empty, never absolute, well-formed Unicode whose UTF-8 bytes are
 * the names on disk. Nothing else reaches a disk or the database.
 */
export type RelativePath = Brand<string, 'RelativePath'>;

/** Bytes; what Linux, macOS and Windows (with long paths) can all hold in one name. */
export const MAX_NAME_BYTES = 255;
/** Bytes of the whole path, the terminating NUL of PATH_MAX left out. */
export const MAX_PATH_BYTES = 4095;

const OURS = /^\.syncpair/i;
const IGNORE_FILE = '.syncpairignore';
const encoder = new TextEncoder();

/** True for the names at the root of a directory that are SyncPair's own and never travel (state, lock, staging, trash). */
export function isReservedName(firstName: string): boolean {
  return OURS.test(firstName) && firstName !== IGNORE_FILE;
}

/**
 * Parses a path from a scan, a request or a configuration.
 *
 * Refused: empty paths and names, `.` and `..`, absolute paths, NUL, backslashes (they separate names on Windows, so no member there
 * could hold them), lone surrogates, names over 255 bytes, paths over 4,095 bytes, and names reserved for SyncPair at the root.
 */
export function parseRelativePath(text: string): Parsed<RelativePath> {
  if (text === '') return refused('the path is empty');
  if (text.length > MAX_PATH_BYTES) return refused(`the path is longer than ${MAX_PATH_BYTES} bytes`);
  if (text.includes('\0')) return refused('the path contains a NUL');
  if (text.includes('\\')) return refused('the path contains a backslash');
  if (!text.isWellFormed()) return refused('the path is not valid Unicode');
  if (text.length > MAX_PATH_BYTES / 3 && encoder.encode(text).length > MAX_PATH_BYTES)
    return refused(`the path is longer than ${MAX_PATH_BYTES} bytes`);
  const names = text.split('/');
  for (const name of names) {
    if (name === '') return refused(text.startsWith('/') ? 'the path is absolute' : 'the path has an empty name');
    if (name === '.' || name === '..') return refused(`the path contains "${name}"`);
    if (name.length > MAX_NAME_BYTES / 4 && encoder.encode(name).length > MAX_NAME_BYTES) {
      return refused(`a name is longer than ${MAX_NAME_BYTES} bytes`);
    }
  }
  if (isReservedName(names[0] as string)) return refused('names beginning with ".syncpair" at the root are reserved');
  return parsed(text as RelativePath);
}

/** The folder that holds `path`, or null at the root. */
export function parentOf(path: RelativePath): RelativePath | null {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? null : (path.slice(0, slash) as RelativePath);
}

/** The last name of `path`. */
export function nameOf(path: RelativePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Every folder above `path`, the outermost first. */
export function ancestorsOf(path: RelativePath): RelativePath[] {
  const found: RelativePath[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) found.push(path.slice(0, slash) as RelativePath);
  return found;
}

/** True when `path` lies below `folder` (and is not the folder itself). */
export function isBelow(path: RelativePath, folder: RelativePath): boolean {
  return path.length > folder.length && path.startsWith(folder) && path.charCodeAt(folder.length) === 0x2f;
}

/** `path` with the leading `from` replaced by `to`; `path` is `from` itself or lies below it. */
export function rebase(path: RelativePath, from: RelativePath, to: RelativePath): RelativePath {
  return (to + path.slice(from.length)) as RelativePath;
}

/** `folder/name`, or `name` at the root. The caller has checked `name`. */
export function joinPath(folder: RelativePath | null, name: string): RelativePath {
  return (folder === null ? name : `${folder}/${name}`) as RelativePath;
}
