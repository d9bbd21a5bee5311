import { expect, test } from 'vitest';
import { type FolderFacts, checkFolders } from './check-folders.ts';

/** Facts of a path whose folders, itself first, have these identities. */
const facts = (realPath: string, ids: readonly (string | null)[] = []): FolderFacts => ({
  localPath: realPath,
  realPath,
  ids,
  problem: null,
});

function messages(platform: NodeJS.Platform, ...folders: readonly FolderFacts[]): string[] {
  const checked = folders.map((one, index) => ({ name: `d${index}`, place: { line: index + 1, column: 1 }, facts: one }));
  const home = platform === 'win32' ? facts('C:\\Users\\me') : facts('/home/me', ['home', 'homes', 'root']);
  return checkFolders(checked, { file: 'c.yaml', home, platform }).map(({ message }) => message.replace(/ "[^"]*" of .*/, ''));
}

test.each<[what: string, platform: NodeJS.Platform, folders: FolderFacts[], expected: string[]]>([
  ['one folder mounted at two paths', 'linux', [facts('/a', ['7', '1']), facts('/b', ['7', '1'])], ['"local_path" is the same folder as']],
  ['a folder in a mount of another', 'linux', [facts('/a', ['7', '1']), facts('/b/c', ['8', '7', '1'])], ['"local_path" lies in']],
  ['a folder whose part is mounted elsewhere', 'linux', [facts('/b/c', ['8', '7', '1']), facts('/a', ['7', '1'])], ['"local_path" holds']],
  ['two folders that do not exist yet', 'linux', [facts('/a', [null, '1']), facts('/b', [null, '1'])], []],
  ['neighbours', 'linux', [facts('/s/a', ['7', '2', '1']), facts('/s/b', ['8', '2', '1'])], []],
  [
    'home by another mount',
    'linux',
    [facts('/mnt/me', ['home', 'mnt', 'root'])],
    ['"local_path" is your home folder itself; write a folder in it, as in ~/team'],
  ],
  ['a drive', 'win32', [facts('D:\\')], ['"local_path" is the root of the file system; write a folder of its own, as in ~/team']],
  ['case on Windows', 'win32', [facts('D:\\Team'), facts('d:\\team\\x')], ['"local_path" lies in']],
  ['home on Windows', 'win32', [facts('c:\\users\\ME')], ['"local_path" is your home folder itself; write a folder in it, as in ~/team']],
  ['two spellings of one name on macOS', 'darwin', [facts('/x/\u00e9'), facts('/x/e\u0301')], ['"local_path" is the same folder as']],
  ['two spellings of one name on Linux', 'linux', [facts('/x/\u00e9'), facts('/x/e\u0301')], []],
])('%s (%s)', (_, platform, folders, expected) => {
  expect(messages(platform, ...folders)).toEqual(expected);
});
