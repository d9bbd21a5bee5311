import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatConfigError } from './format-config-error.ts';
import { type LoadedConfig, loadConfig } from './load-config.ts';

let root: string;
let home: string;
let file: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-config-')));
  home = join(root, 'home');
  mkdirSync(join(home, 'conf'), { recursive: true });
  file = join(home, 'conf', 'c.yaml');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Writes a configuration with one directory for each path: `d0` in line 4, its path in line 5, `d1` in line 6, and so on. */
function write(...paths: readonly (string | { readonly path: string; readonly enabled: false })[]): void {
  const directories = paths.map((path, index) => {
    const [localPath, settings] = typeof path === 'string' ? [path, ''] : [path.path, ', settings: {enabled: false}'];
    return `  - {name: d${index},\n    local_path: ${JSON.stringify(localPath)}${settings}}\n`;
  });
  writeFileSync(file, `client_id: a\nserver: http://h\ndirectories:\n${directories.join('')}`);
}

const load = (path = file): Promise<LoadedConfig> => loadConfig(path, { home });

/** The refusal's lines; where we are in the file system is left out. */
async function refusal(path = file): Promise<string[]> {
  const loaded = await load(path);
  return loaded.ok ? ['(accepted)'] : loaded.errors.map((error) => formatConfigError(error).replaceAll(root, ''));
}

const paths = async (): Promise<string[]> => {
  const loaded = await load();
  return loaded.ok ? loaded.config.directories.map(({ localPath }) => localPath.replace(root, '')) : [];
};

describe('the file', () => {
  const AT = '/home/conf/c.yaml';

  test('that is right is read, with paths from home and from its own folder', async () => {
    write('~/team', '../notes', join(root, 'srv/new/deep'));
    expect(await paths()).toEqual(['/home/team', '/home/notes', '/srv/new/deep']);
  });

  test('may begin with a byte order mark', async () => {
    writeFileSync(file, '\uFEFFclient_id: a\nserver: http://h\ndirectories: [{name: x, local_path: ~/x}]\n');
    expect(await paths()).toEqual(['/home/x']);
  });

  test.each<[what: string, make: () => void, line: string]>([
    ['is missing', () => undefined, `${AT}: there is no such file; give the path of the configuration with --file`],
    ['is a folder', () => mkdirSync(file), `${AT}: this is a folder; give the configuration file in it, as in --file config.yaml`],
    ['is empty', () => writeFileSync(file, ''), `${AT}:1:1: the file holds no configuration; write client_id, server and directories`],
    [
      'is larger than 1 MB',
      () => writeFileSync(file, '#'.repeat(1_000_001)),
      `${AT}: the file is larger than 1 MB, which no configuration is; give the right one with --file`,
    ],
    ['is UTF-16', () => writeFileSync(file, Buffer.from('\uFEFFclient_id: a\n', 'utf16le')), `${AT}: the file is UTF-16; save it as UTF-8`],
    [
      'is not UTF-8',
      () => writeFileSync(file, Buffer.from('client_id: a\n# bärbel\n# caf\u00e9\n', 'latin1')),
      `${AT}:2:4: a character here is not UTF-8; save the file as UTF-8`,
    ],
    [
      'is cut within a character',
      () => writeFileSync(file, Buffer.from('# ü\n# ü').subarray(0, -1)),
      `${AT}:2:3: a character here is not UTF-8; save the file as UTF-8`,
    ],
    [
      'is a link to itself',
      () => symlinkSync(file, file),
      `${AT}: the path is a link that leads back to itself; give the path of the configuration with --file`,
    ],
  ])('%s', async (_, make, line) => {
    make();
    expect(await refusal()).toEqual([line]);
  });

  test('is named as it was given', async () => {
    writeFileSync(file, 'client_id: a\nserver: http://h\n');
    expect(await refusal(`${dirname(file)}/../conf/c.yaml`)).toEqual([
      expect.stringMatching(/^\/home\/conf\/\.\.\/conf\/c\.yaml:1:1: "directories" is missing/),
    ]);
  });
});

describe('folders', () => {
  const OWN = 'give each directory a folder of its own, outside of the others';
  const at = (line: number): string => `/home/conf/c.yaml:${line}:17: "local_path"`;

  test.each([
    ['/', 'is the root of the file system; write a folder of its own, as in ~/team'],
    ['/usr/..', 'is the root of the file system; write a folder of its own, as in ~/team'],
    ['~/', 'is your home folder itself; write a folder in it, as in ~/team'],
    ['..', 'is your home folder itself; write a folder in it, as in ~/team'],
    ['~/..', 'holds your whole home folder; write a folder of its own, as in ~/team'],
  ])('%s is refused', async (path, message) => {
    write(path);
    expect(await refusal()).toEqual([`${at(5)} ${message}`]);
  });

  test('links to the root or to home are refused like them', async () => {
    symlinkSync('/', join(root, 'to-root'));
    symlinkSync(home, join(root, 'to-home'));
    write(join(root, 'to-root'), join(root, 'to-home'));
    expect(await refusal()).toEqual([
      `${at(5)} is the root of the file system; write a folder of its own, as in ~/team`,
      `${at(7)} is your home folder itself; write a folder in it, as in ~/team`,
    ]);
  });

  test.each([
    ['the same twice', '~/team', '~/team/', 'is the same folder as "/home/team"'],
    ['by another way', '~/team', '../team', 'is the same folder as "/home/team"'],
    ['one below the other', '~/team', '~/team/a/b', 'lies in "/home/team"'],
    ['one above the other', '~/team/a', '~/team', 'holds "/home/team/a"'],
  ])('%s, whether they exist or not', async (_, first, second, words) => {
    write(first, second);
    const line = `${at(7)} ${words} of the directory "d0" in line 5; ${OWN}`;
    expect(await refusal()).toEqual([line]);
    mkdirSync(join(home, 'team/a/b'), { recursive: true });
    expect(await refusal()).toEqual([line]);
  });

  test('names that begin alike are apart', async () => {
    write('~/team', '~/team-2', '~/teams/x');
    expect(await paths()).toHaveLength(3);
  });

  test('a link to the same folder, or into it, is found out', async () => {
    mkdirSync(join(home, 'team/sub'), { recursive: true });
    symlinkSync('team', join(home, 'alias'));
    symlinkSync(join(home, 'team/sub'), join(home, 'inner'));
    write('~/team', '~/alias', '~/inner', '~/alias/new/deeper');
    expect(await refusal()).toEqual([
      `${at(7)} is the same folder as "/home/team" of the directory "d0" in line 5; ${OWN}`,
      `${at(9)} lies in "/home/team" of the directory "d0" in line 5; ${OWN}`,
      `${at(11)} lies in "/home/team" of the directory "d0" in line 5; ${OWN}`,
    ]);
  });

  test('a link leads to a folder that is not there yet: two paths to it are the same', async () => {
    mkdirSync(join(home, 'disk'));
    symlinkSync('disk', join(home, 'mount'));
    write('~/disk/new', '~/mount/new');
    expect(await refusal()).toEqual([`${at(7)} is the same folder as "/home/disk/new" of the directory "d0" in line 5; ${OWN}`]);
  });

  test('links to nothing and around in a circle are refused', async () => {
    symlinkSync('gone', join(home, 'dangling'));
    symlinkSync('circle', join(home, 'circle'));
    write('~/dangling', '~/dangling/sub', '~/circle/sub');
    const dangling = 'leads over the link "/home/dangling" to "/home/gone", which does not exist; make that folder, or write another path';
    expect(await refusal()).toEqual([
      `${at(5)} ${dangling}`,
      `${at(7)} ${dangling}`,
      `${at(9)} leads over the link "/home/circle", which leads back to itself; write another path`,
    ]);
  });

  test('a file is refused, also as a folder on the way', async () => {
    writeFileSync(join(home, 'report.txt'), '');
    write('~/report.txt', '~/report.txt/sub');
    expect(await refusal()).toEqual([
      `${at(5)} is "/home/report.txt", a file; write the path of a folder`,
      `${at(7)} leads over "/home/report.txt", a file; write the path of a folder`,
    ]);
  });

  test('the configuration may lie in a folder that is kept in sync', async () => {
    write('.');
    expect(await paths()).toEqual(['/home/conf']);
  });

  test('of directories that are switched off are not looked at', async () => {
    writeFileSync(join(home, 'report.txt'), '');
    const off = (path: string): { path: string; enabled: false } => ({ path, enabled: false });
    write('~/team', off('~/team'), off('/'), off('~/report.txt'));
    expect(await paths()).toEqual(['/home/team', '/home/team', '/', '/home/report.txt']);
  });

  test('upper and lower case are one on macOS and Windows, two on Linux', async () => {
    write('~/Team', '~/team/x');
    const lines = (platform: NodeJS.Platform): Promise<boolean> => loadConfig(file, { home, platform }).then(({ ok }) => ok);
    expect(await lines('linux')).toBe(true);
    expect(await lines('darwin')).toBe(false);
  });
});
