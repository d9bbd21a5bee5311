import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../harness/command.ts';

interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string; readonly link?: boolean }>>;
}
interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Component {
  readonly name: string;
  readonly hashes?: readonly unknown[];
  readonly properties?: readonly { readonly name: string }[];
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T;
const lock = readJson<Lock>('package-lock.json');
const manifests = globSync(['package.json', '{libs,services}/*/package.json', 'e2e/package.json', 'bench/package.json'], { cwd: ROOT }).map(
  (path) => readJson<Manifest>(path),
);
/** What runs at users', without tests and what stands by for them. */
const sources = globSync('{libs,services}/*/src/**/*.ts', {
  cwd: ROOT,
  exclude: [
    '**/*.spec.ts',
    '**/*.process.ts',
    '**/testing/**',
    '**/fixtures/**',
    '**/conformance/**',
    '**/*-conformance.ts',
    'libs/testing/**',
  ],
});

test('every dependency is an exact version, and every package of the lock has a strong checksum [SEC-20]', () => {
  const wanted = manifests.flatMap((manifest) =>
    [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].flatMap((list) =>
      Object.entries(list ?? {}).map(([name, version]) => ({ of: manifest.name, name, version })),
    ),
  );
  expect(wanted.length).toBeGreaterThan(20);
  expect(wanted.filter(({ name, version }) => !name.startsWith('@syncpair/') && !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  const installed = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);
  expect(installed.length).toBeGreaterThan(100);
  expect(installed.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true).map(([path]) => path)).toEqual([]);
});

test('nothing that runs at users’ makes code of text, or hands a name to a shell [SEC-20]', () => {
  expect(sources.length).toBeGreaterThan(300);
  const forbidden =
    /\beval\(|new Function\(|['"](?:node:)?vm['"]|shell: *true|(?<!\.)\bexec(?:Sync)?\(|['"](?:\/bin\/)?(?:ba)?sh['"], *\[['"]-c['"]/;
  for (const text of ["spawn('sh', ['-c', name])", 'execSync(`rm ${name}`)', "import 'node:vm'"]) expect(text).toMatch(forbidden);
  const found = sources.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (forbidden.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('the bill of materials names all that is delivered, with checksums, and tells what only tests and builds need [SEC-20]', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const { components } = JSON.parse(text) as { components: Component[] };
  const isMarked = ({ properties }: Component): boolean => properties?.some(({ name }) => name === 'cdx:npm:package:development') === true;
  const runs = new Set(components.filter((one) => !isMarked(one) && one.hashes !== undefined).map(({ name }) => name));
  const delivered = manifests
    .filter(({ name }) => /^@syncpair\/(client|metadata|blob|standalone|contracts|sync-core|service-http)$/.test(name))
    .flatMap(({ dependencies }) => Object.keys(dependencies ?? {}).filter((name) => !name.startsWith('@syncpair/')));
  expect(delivered.length).toBeGreaterThan(20);
  expect(delivered.filter((name) => !runs.has(name))).toEqual([]);
  expect(['vitest', 'eslint', 'prettier', 'nx'].filter((name) => runs.has(name))).toEqual([]);
});
