import { IGNORE_FILE_NAME } from './ignore-rules.ts';

export interface LintFinding {
  readonly pattern: string;
  /** One sentence: what the pattern does, and what to write for what was probably meant. */
  readonly message: string;
}

/** Names that are folders nearly always, so that whoever writes one means what is in it. */
const FOLDER_NAMES = new Set(
  (
    '.git .svn .hg .venv venv env .tox .nox .idea .vscode .vs .gradle .terraform .next .nuxt .yarn .pnpm-store .cache .pytest_cache .mypy_cache ' +
    '.ruff_cache __pycache__ node_modules bower_components vendor target build dist out bin obj coverage logs temp tmp .Trash .Trashes .Spotlight-V100'
  ).split(' '),
);
/** Names that are extensions nearly always. */
const EXTENSIONS = new Set('.tmp .log .bak .swp .swo .old .orig .pyc .class .o .obj .draft .part .crdownload'.split(' '));

type Check = (pattern: string) => string | null;

/** Warns of valid patterns that probably do not do what their author wants, at most once each. */
export function lintPatterns(patterns: readonly string[]): LintFinding[] {
  const findings: LintFinding[] = [];
  for (const pattern of new Set(patterns)) {
    const message = messageFor(pattern);
    if (message !== null) findings.push({ pattern, message });
  }
  return findings;
}

function messageFor(pattern: string): string | null {
  for (const check of CHECKS) {
    const message = check(pattern);
    if (message !== null) return message;
  }
  return null;
}

/** `pattern`, or what is to be written for it in turn: a warning names a pattern that gets none. */
function settled(pattern: string): string {
  const next = messageFor(pattern);
  return next === null ? pattern : (/; write "([^"]+)"/.exec(next)?.[1] ?? pattern);
}

const quote = (pattern: string): string => `"${pattern}"`;

/** The first that finds something speaks; what hides all other meaning comes first. */
const CHECKS: readonly Check[] = [
  function spaces(pattern) {
    const trimmed = pattern.trim();
    if (trimmed === pattern) return null;
    if (trimmed === '') return `${quote(pattern)} matches only names that are nothing but spaces; remove it`;
    return `${quote(pattern)} begins or ends with a space, which is taken as part of the name; write ${quote(settled(trimmed))}`;
  },
  function several(pattern) {
    const parts = pattern.replace(/[{(][^})]*[})]/g, '').split(/[,;|]\s*|\s+(?=\*\.)/);
    if (parts.length < 2 || !parts.every((part) => /^(\*\*\/)?\*\.\S+$/.test(part))) return null;
    return `${quote(pattern)} is taken as one name; write each pattern on a line of its own: ${parts.map(quote).join(', ')}`;
  },
  function comment(pattern) {
    return pattern.startsWith('# ')
      ? `${quote(pattern)} is taken as a name, not as a comment; write the "#" outside of the quotes, or remove the line`
      : null;
  },
  function windowsPath(pattern) {
    if (!/^[A-Za-z]:[\\/]/.test(pattern)) return null;
    return `${quote(pattern)} is an absolute path and matches nothing; patterns are relative to the directory, write it from there, as in "temp/**"`;
  },
  function backslash(pattern) {
    if (!/\\(?![[\]{}()!#?@+\\ ])/.test(pattern) && !pattern.includes('\\\\')) return null;
    return `${quote(pattern)} has a backslash, which takes the meaning from the next character; folders are separated by "/" on every platform, write ${quote(settled(pattern.replace(/\\+/g, '/')))}`;
  },
  function absolute(pattern) {
    const home = pattern.startsWith('~/');
    if (!home && !/^\/(home|Users|root|mnt|media|Volumes)\/[^/]/.test(pattern)) return null;
    return `${quote(pattern)} looks like an absolute path, but patterns are relative to the directory; write it from there, as in "temp/**"`;
  },
  function dots(pattern) {
    const names = pattern.split('/');
    if (names.includes('..'))
      return `${quote(pattern)} matches nothing, because no path in the directory contains ".."; write it from the root of the directory`;
    if (!names.includes('.')) return null;
    const rest = names.filter((name) => name !== '.').join('/');
    return `${quote(pattern)} matches nothing, because no path contains "."; write ${quote(settled(pattern.startsWith('./') && !rest.includes('/') ? `/${rest}` : rest))}`;
  },
  function negation(pattern) {
    if (!pattern.startsWith('!') || pattern.startsWith('!(')) return null;
    return `${quote(pattern)} matches names that begin with "!" and brings nothing back; exceptions are possible in ${IGNORE_FILE_NAME} only`;
  },
  function ignoreFile(pattern) {
    if (!/^(\*\*)?\/?\.syncpairignore$/.test(pattern)) return null;
    return `${quote(pattern)} has no effect at the root: ${IGNORE_FILE_NAME} is never ignored there, so that all members go by the same rules`;
  },
  function everything(pattern) {
    return /^\/?(\*|\*\*|\*\*\/\*|\*\*\/\*\*)$/.test(pattern) && pattern !== '/*'
      ? `${quote(pattern)} ignores everything, so nothing is synchronised; use "enabled: false" to switch a directory off`
      : null;
  },
  function folderEntry(pattern) {
    if (!pattern.endsWith('/')) return null;
    const folder = pattern.replace(/\/+$/, '');
    if (folder.endsWith('**'))
      return `${quote(pattern)} matches folders only, the files in them are still synchronised; write ${quote(folder)}`;
    return `${quote(pattern)} matches only the folder's own entry, what is in it is still synchronised; ${contentsOf(folder)}`;
  },
  function directContents(pattern) {
    const folder = /^(.*[^/*])\/\*$/.exec(pattern)?.[1];
    if (folder === undefined) return null;
    return `${quote(pattern)} matches only what lies directly in the folder, deeper files are still synchronised; write ${quote(`${folder.replace(/^\//, '')}/**`)}`;
  },
  function folderExtension(pattern) {
    const name = /^(?:\*\*\/)?\*(\.[^*/]+)$/.exec(pattern)?.[1];
    if (name === undefined || !FOLDER_NAMES.has(name) || name === '.cache') return null;
    return `${quote(pattern)} matches only entries whose name ends with "${name}", not what is in a folder; write "**/${name}/**" for every folder "${name}" and all in it`;
  },
  function folderName(pattern) {
    const name = pattern.slice(pattern.lastIndexOf('/') + 1);
    const alternatives = /^\{([^{}]+)\}$/.exec(name)?.[1]?.split(',') ?? [name];
    if (!alternatives.some((alternative) => FOLDER_NAMES.has(alternative))) return null;
    if (pattern === `/${name}`) return `${quote(pattern)} matches only the entry at the root, not what is in it; ${contentsOf(name)}`;
    return `${quote(pattern)} matches only the entry, what is in a folder of that name is still synchronised; ${contentsOf(pattern)}`;
  },
  function hidden(pattern) {
    if (!/^(\*\*)?\/?\.\*$/.test(pattern)) return null;
    const folders = pattern.startsWith('/') ? '.*/**' : '**/.*/**';
    return `${quote(pattern)} matches only entries whose name begins with ".", not what is in a folder; write ${quote(folders)} as well, for such folders and all in them`;
  },
  function bareExtension(pattern) {
    return EXTENSIONS.has(pattern)
      ? `${quote(pattern)} matches only entries with exactly this name; write "*${pattern}" for all that end with it`
      : null;
  },
];

/** What to write for a folder and all in it. */
function contentsOf(folder: string): string {
  const path = folder.replace(/^\/+/, '');
  if (path.startsWith('**/') || path.includes('/')) return `write "${path}/**" for the folder and all in it`;
  return `write "**/${path}/**" for every folder of that name and all in it, or "${path}/**" for the one at the root`;
}
