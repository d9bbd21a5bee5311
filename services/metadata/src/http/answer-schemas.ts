import { type SyncResponseJson } from '@syncpair/contracts';
import { z } from 'zod';
import type { UploadAnswer } from '../script/script-files.service.ts';

/** Shapes of answers that no client of ours parses, for the documentation. */
const file = z.object({ path: z.string(), hash: z.string(), size: z.number().int(), modified: z.string() });

export const syncResponseSchema: z.ZodType<SyncResponseJson> = z.object({
  files_to_upload: z.array(z.string()),
  files_to_download: z.array(file),
  files_to_delete: z.array(z.string()),
  conflicts: z.array(z.object({ path: z.string(), client_file: file, server_file: file, winner: z.enum(['client', 'server']) })),
  held: z.array(z.string()).optional(),
});

export const uploadedSchema: z.ZodType<UploadAnswer> = file.extend({
  version: z.string(),
  conflict: z.string().nullable(),
  head: z.boolean(),
});

export const deletedSchema = z.object({ path: z.string(), version: z.string(), deleted: z.literal(true) });

export const healthSchema = z.object({
  status: z.enum(['ok', 'unavailable']),
  database: z.string(),
  contents: z.string(),
  /** `ok`, or which settings of PostgreSQL let a power cut take what was acknowledged; null while it does not answer. */
  durability: z.string().nullable(),
  server: z.string(),
  version: z.string(),
  protocol: z.number().int(),
});
