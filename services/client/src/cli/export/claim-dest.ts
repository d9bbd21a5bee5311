import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { type ExportMark, readMark, writeMark } from './export-mark.ts';

/** Begins the names of what an export writes aside. */
export const ASIDE = '.syncpair-export-';

/**
 * Makes the folder of an export, or takes the one in which the same export was interrupted. Returns true when it goes on with that.
 *
 * @throws {CliError} for a folder that has anything else in it
 */
export async function claimDest(dest: string, mark: ExportMark): Promise<boolean> {
  const existing = await lstat(dest).catch(() => null);
  if (existing === null) await mkdir(dest, { recursive: true });
  else if (!existing.isDirectory()) throw new CliError(`${dest} is not a folder; choose a new or an empty one`);
  const names = await readdir(dest);
  if (names.length === 0) {
    await writeMark(dest, mark);
    return false;
  }
  refuseForeign(dest, mark, await readMark(dest));
  for (const name of names) if (name.startsWith(ASIDE)) await rm(join(dest, name), { recursive: true, force: true });
  return true;
}

function refuseForeign(dest: string, mark: ExportMark, begun: ExportMark | null): void {
  if (begun === null) throw new CliError(`${dest} is not empty, and no export was interrupted there; choose a new or an empty folder`);
  if (begun.directory !== mark.directory) {
    throw new CliError(`${dest} has an interrupted export of another directory, "${begun.directory}"; choose a new or an empty folder`);
  }
  if (begun.epoch !== mark.epoch || begun.seq !== mark.seq) {
    throw new CliError(
      `${dest} has an interrupted export of another moment (commit ${begun.seq}); leave --at out to go on with that, or choose a new folder`,
    );
  }
}
