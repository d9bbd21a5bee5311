/**
 * Tells Nx what the folders below `libs`, `services`, `e2e` and `bench` are to each other: which targets each has, and which others its sources import. So
 * `nx graph` shows the boundaries as they are, and `nx affected -t test` runs what a change can have broken.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CreateDependencies, CreateNodesV2, DependencyType, TargetConfiguration } from 'nx/src/devkit-exports.js';

export const name = 'syncpair-projects';

/** Services that `tools/build.ts` bundles have a main of their own. */
const isBundled = (project: string): boolean => project.startsWith('services/') && existsSync(join(project, 'src/main.ts'));

/** What a project starts as a process, which no import tells. */
const startedBy = (project: string): string[] => (project === 'e2e' || project === 'bench' ? ['@syncpair/client'] : []);

function targetsOf(project: string): Record<string, TargetConfiguration> {
  const run = (command: string): TargetConfiguration => ({ executor: 'nx:run-commands', options: { command, cwd: '{workspaceRoot}' } });
  return {
    lint: run(`eslint ${project} --max-warnings 0`),
    ...(globSync(`${project}/**/*.spec.ts`, { exclude: ['**/node_modules/**'] }).length > 0 ? { test: run(`vitest run ${project}/`) } : {}),
    ...(isBundled(project) ? { build: run(`node tools/build.ts ${project}`) } : {}),
  };
}

export const createNodesV2: CreateNodesV2 = [
  '{libs/*,services/*,e2e,bench}/package.json',
  (files) =>
    files.map((file) => {
      const project = dirname(file);
      return [file, { projects: { [project]: { targets: targetsOf(project), implicitDependencies: startedBy(project) } } }] as const;
    }),
];

export const createDependencies: CreateDependencies = (_options, { projects, filesToProcess }) =>
  Object.entries(filesToProcess.projectFileMap).flatMap(([source, files]) =>
    files
      .filter(({ file }) => file.endsWith('.ts'))
      .flatMap(({ file }) =>
        [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(@syncpair\/[\w-]+)/g)]
          .map(([, target = '']) => target)
          .filter((target) => target !== source && target in projects)
          .map((target) => ({ source, target, sourceFile: file, type: 'static' as DependencyType })),
      ),
  );
