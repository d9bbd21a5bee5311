import { posix, win32 } from 'node:path';
import { type Parsed, parsed, refused } from '@syncpair/contracts';
import { quote } from './quote.ts';

/** Where paths of a configuration begin. */
export interface PathBase {
  /** Absolute: the folder that holds the configuration. */
  readonly folder: string;
  /** Absolute: the user's home. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** Makes a path of the configuration absolute: `~` is the user's home, a relative path begins at the folder of the configuration. */
export function resolvePath(text: string, { folder, home, platform }: PathBase, example: string): Parsed<string> {
  const path = platform === 'win32' ? win32 : posix;
  if (text.trim() === '') return refused(`is empty; write a path, as in ${example}`);
  if (/[\0\r\n]/.test(text)) return refused('has a line ending or NUL in it; write the path on one line');
  const first = (platform === 'win32' ? /^[^\\/]*/ : /^[^/]*/).exec(text)?.[0] ?? '';
  if (first === '~') return parsed(path.resolve(home, `.${text.slice(1) === '' ? '' : path.sep}${text.slice(1)}`));
  if (first.startsWith('~'))
    return refused(`begins with ${quote(first)}, the home of another user; write the whole path, as in /home/${first.slice(1)}/team`);
  if (/^\$\{?\w+\}?$|^%\w+%$/.test(first))
    return refused(`begins with ${quote(first)}, and variables are not filled in; write ~ for your home, or the whole path`);
  if (/^file:/i.test(text)) return refused('is a URL; write the path alone, as in /home/me/team or ~/team');
  if (platform !== 'win32' && /^[A-Za-z]:[\\/]|^\\\\/.test(text))
    return refused('is a path of Windows; write one of this machine, as in ~/team');
  if (platform === 'win32' && /^[A-Za-z]:(?![\\/])/.test(text))
    return refused(`has no "\\" after ${quote(text.slice(0, 2))}; write the whole path, as in C:\\Users\\me\\team`);
  return parsed(path.resolve(folder, text));
}
