import { mkdirSync } from 'node:fs';
import { type RootVerdict, judgeRoot } from '@syncpair/sync-core';
import type { Logger } from '../log/logger.ts';
import { findFolder } from './find-folder.ts';
import { readRootRecord } from './root-record.ts';

/** A local path that cannot be used, in words for the user. */
export class LocalPathError extends Error {
  override readonly name: string = 'LocalPathError';
}

/** The folder that was in sync is not the one at the local path; it may be back at any time. */
export class RootUnprovenError extends LocalPathError {
  override readonly name = 'RootUnprovenError';
}

export interface RootParts {
  readonly localPath: string;
  /** The directory's name in the configuration. */
  readonly name: string;
  /** Its key on the server. */
  readonly directory: string;
  /** The configuration's file, for the command that is named. */
  readonly file: string;
  readonly log: Logger;
  /** Only looks: nothing is made. */
  readonly inspect: boolean;
  /** The id of the server that answers; null when that cannot be known. */
  readonly servedBy: () => Promise<string | null>;
}

/**
 * Makes sure that the folder at a local path is the one that was in sync there, or the first one, which is made if need be.
 *
 * @throws {RootUnprovenError} when another one was in sync there, with the command that says that this one is meant
 * @throws {LocalPathError}
 */
export async function prepareRoot(parts: RootParts): Promise<RootVerdict> {
  const { localPath, log, inspect } = parts;
  const found = findFolder(localPath);
  if (found === 'other') throw new LocalPathError(`${localPath} is not a folder; give another local_path`);
  const known = readRootRecord(localPath);
  // A record of another directory says nothing about this one.
  const record = known?.directory === parts.directory ? known : null;
  let verdict = judgeRoot(record, found, null);
  if (verdict === 'missing' || verdict === 'replaced') verdict = judgeRoot(record, found, await parts.servedBy());
  if (verdict === 'missing' || verdict === 'replaced') throw new RootUnprovenError(describe(verdict, parts));
  if (found !== null) return verdict;
  if (inspect) throw new LocalPathError(`${localPath} does not exist yet`);
  try {
    mkdirSync(localPath, { recursive: true });
  } catch (error) {
    throw new LocalPathError(`${localPath} cannot be made: ${(error as Error).message}`);
  }
  log.info(`made the folder ${localPath}`);
  return verdict;
}

function describe(verdict: 'missing' | 'replaced', { localPath, file, name }: RootParts): string {
  const found =
    verdict === 'missing'
      ? `the folder ${localPath} is not there, and it was in sync before (is a disk not mounted?)`
      : `${localPath} is not the folder that was in sync there, which had its state in it (is a disk not mounted?)`;
  const meant = verdict === 'missing' ? 'If it is to be made anew' : 'If this folder is meant';
  return `${found}. Nothing counts as deleted; it goes on by itself when the folder is back. ${meant} and filled from the server: syncpair join --file ${file} --directory ${name}`;
}
