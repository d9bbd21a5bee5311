import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The checkout. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** The launcher that users start. `SYNCPAIR_E2E_COMMAND` names another one: a release, or a build that lies elsewhere. */
export const COMMAND = process.env['SYNCPAIR_E2E_COMMAND'] ?? join(ROOT, 'services', 'client', 'bin', 'syncpair');

/** @throws {Error} that says how to build, when there is nothing to start */
export function assertBuilt(): void {
  if (!existsSync(join(COMMAND, '..', '..', 'dist', 'main.js')))
    throw new Error(`${COMMAND} has nothing to run yet; build it with: npm run build`);
}
