import { readFileSync } from 'node:fs';
import { until } from './until.ts';

/** A file's text; null where there is none. */
export function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Waits until a file holds a text. */
export const arrives = (path: string, text: string): Promise<true> =>
  until(`${JSON.stringify(text)} in ${path}`, () => (read(path) === text ? true : undefined));

/** Waits until nothing lies at a path. */
export const leaves = (path: string): Promise<true> => until(`nothing at ${path}`, () => (read(path) === null ? true : undefined));
