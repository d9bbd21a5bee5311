import { z } from 'zod';
import { wire } from './wire.ts';

/** The specification's own calls, for scripts. Their file entries speak of files only, with times as ISO 8601. */
export const scriptFileSchema = z.object({ path: wire.path, hash: wire.hash, size: wire.size, modified: wire.isoTime });

export const scriptDirectoryFields = { client_id: wire.label, directory: wire.label, shared: z.boolean().default(false) };

/** `POST /sync`. */
export const syncRequestSchema = z.object({
  ...scriptDirectoryFields,
  files: z.record(z.string(), scriptFileSchema),
  deleted_files: z.record(z.string(), wire.isoTime).default({}),
  last_sync: wire.isoTime.nullable().default(null),
});

export interface ScriptFileJson {
  readonly path: string;
  readonly hash: string;
  readonly size: number;
  readonly modified: string;
}

export interface SyncResponseJson {
  readonly files_to_upload: readonly string[];
  readonly files_to_download: readonly ScriptFileJson[];
  readonly files_to_delete: readonly string[];
  readonly conflicts: readonly {
    readonly path: string;
    readonly client_file: ScriptFileJson;
    readonly server_file: ScriptFileJson;
    readonly winner: 'client' | 'server';
  }[];
  /** Deletions that wait for approval because they are too many; left out when there are none. */
  readonly held?: readonly string[] | undefined;
}

/** `POST /upload` with the content in base64. `size` is checked when given. */
export const uploadJsonSchema = z.object({
  ...scriptDirectoryFields,
  path: wire.path,
  hash: wire.hash,
  modified: wire.isoTime,
  size: wire.size.optional(),
  content: z.string(),
});
