import { isAbsolute } from 'node:path';
import { type Parsed, parsed, refused } from '@syncpair/contracts';
import { LOG_LEVELS } from '@syncpair/service-http';
import { z } from 'zod';
import { DEFAULT_MAX_BLOB_BYTES } from '../blobs/blob-service.ts';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'not a port')
  .transform(Number)
  .pipe(z.number().max(65_535, 'not a port'));
const bytes = z
  .string()
  .regex(/^\d{1,15}$/, 'not a number of bytes')
  .transform(Number)
  .pipe(z.number().min(1, 'not a number of bytes'));
const url = z
  .string({ error: 'it is not set; it is the address of the metadata service, such as http://metadata:8081' })
  .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'not an http or https URL');
const folder = z
  .string({ error: 'it is not set; it is the folder that holds the contents, an absolute path' })
  .refine((text) => isAbsolute(text), 'not an absolute path');

const schema = z
  .object({
    SYNCPAIR_BLOB_PORT: port.default(8082),
    SYNCPAIR_BLOB_HOST: z.string().min(1, 'it is empty').default('127.0.0.1'),
    SYNCPAIR_BLOB_DIR: folder,
    SYNCPAIR_METADATA_URL: url,
    SYNCPAIR_LOG_LEVEL: z.enum(LOG_LEVELS, { error: `not one of ${LOG_LEVELS.join(', ')}` }).default('info'),
    SYNCPAIR_MAX_BLOB_BYTES: bytes.default(DEFAULT_MAX_BLOB_BYTES),
  })
  .transform((env) => ({
    port: env.SYNCPAIR_BLOB_PORT,
    host: env.SYNCPAIR_BLOB_HOST,
    folder: env.SYNCPAIR_BLOB_DIR,
    metadataUrl: env.SYNCPAIR_METADATA_URL,
    logLevel: env.SYNCPAIR_LOG_LEVEL,
    maxBlobBytes: env.SYNCPAIR_MAX_BLOB_BYTES,
  }));

/** How the service runs alone. */
export type BlobConfig = z.output<typeof schema>;

/** The configuration in an environment, or all that is wrong with it, one mistake a line. An empty variable counts as not set. */
export function parseBlobConfig(env: Readonly<Record<string, string | undefined>>): Parsed<BlobConfig> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return parsed(result.data);
  return refused(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
}
