import { globSync } from 'node:fs';

/** The projects of the workspace, as paths from its root. */
export const findProjects = (root: string): string[] => globSync(['libs/*', 'services/*', 'e2e', 'bench'], { cwd: root }).sort();
