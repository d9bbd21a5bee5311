import {
  DomainError,
  type RelativePath,
  parseRelativePath,
  scriptDirectoryFields,
  type syncRequestSchema,
  wire,
} from '@syncpair/contracts';
import type { ScriptFile, ScriptState } from '@syncpair/sync-core';
import { z } from 'zod';
import { flag } from '../http/query-fields.ts';

const named = { ...scriptDirectoryFields, shared: flag.default(false) };
const wholeNumber = z
  .string()
  .regex(/^\d{1,16}$/, 'not a number of bytes')
  .transform(Number);

/** `POST /upload` with the bytes as body. */
export const uploadQuerySchema = z.object({
  ...named,
  path: wire.path,
  hash: wire.hash,
  modified: wire.isoTime,
  size: wholeNumber.optional(),
});
export const downloadQuerySchema = z.object({ ...named, version: wire.version.optional() });
export const deleteQuerySchema = z.object({ ...named, modified: wire.isoTime.optional() });

/** The path in a URL, decoded once. @throws {DomainError} `invalid_path` */
export function parsePath(parameters: unknown): RelativePath {
  const path = parseRelativePath(String((parameters as Record<string, unknown>)['*'] ?? ''));
  if (!path.ok) throw new DomainError('invalid_path', path.reason);
  return path.value;
}

/** The maps of a request by parsed paths. @throws {DomainError} when a key is no path, or not the path that stands in its file. */
export function toScriptState(request: z.output<typeof syncRequestSchema>): ScriptState {
  const files = new Map<RelativePath, ScriptFile>();
  for (const [key, file] of Object.entries(request.files)) {
    if (parseKey('files', key) !== file.path) throw new DomainError('invalid_request', `files: the file under "${key}" has another path`);
    files.set(file.path, { hash: file.hash, size: file.size, modified: file.modified });
  }
  const deleted = new Map(Object.entries(request.deleted_files).map(([key, time]) => [parseKey('deleted_files', key), time]));
  return { files, deleted, lastSync: request.last_sync };
}

function parseKey(field: string, key: string): RelativePath {
  const path = parseRelativePath(key);
  if (!path.ok) throw new DomainError('invalid_path', `${field}: ${path.reason}`, key.slice(0, 256));
  return path.value;
}
