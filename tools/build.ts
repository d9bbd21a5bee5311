/**
 * Bundles each service's own TypeScript into `dist/`; npm packages stay outside of the bundle. Runs after `npm ci` (prepare) and for images.
 *
 * Usage: node tools/build.ts [PROJECT…]   (default: all)
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Entry points by project; each becomes `dist/NAME.js`. */
const ENTRIES: Record<string, Record<string, string>> = {
  'services/metadata': { main: 'src/main.ts' },
  'services/blob': { main: 'src/main.ts' },
  'services/client': { main: 'src/main.ts', 'disk-worker': 'src/disk/disk-worker.ts' },
};

const root = join(import.meta.dirname, '..');
const wanted = process.argv.slice(2);

for (const [project, entryPoints] of Object.entries(ENTRIES)) {
  if (wanted.length > 0 && !wanted.includes(project)) continue;
  const outdir = join(root, project, 'dist');
  await rm(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: join(root, project),
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    sourcemap: 'linked',
    sourcesContent: false,
    tsconfig: join(root, 'tsconfig.base.json'),
    logLevel: 'warning',
    plugins: [
      {
        name: 'packages-stay-outside',
        setup(bundler) {
          bundler.onResolve({ filter: /^[^./]/ }, ({ path }) => (path.startsWith('@syncpair/') ? null : { path, external: true }));
        },
      },
    ],
  });
}
