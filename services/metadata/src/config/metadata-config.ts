import { type Parsed, parseHoldLimits, parseRateLimits, parsed, refused } from '@syncpair/contracts';
import { LOG_LEVELS } from '@syncpair/service-http';
import { z } from 'zod';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'not a port')
  .transform(Number)
  .pipe(z.number().max(65_535, 'not a port'));
const httpUrl = z
  .string({ error: 'it is not set; it is the address of the blob service, such as http://blob:8082' })
  .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'not an http or https URL');
const databaseUrl = (missing: string) =>
  z
    .string({ error: missing })
    .refine(
      (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text),
      'not a URL like postgresql://user:password@host:5432/database',
    );
/** A page in a browser on this machine could reach a server that listens here only, by a name that was made to resolve to it. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;
const auth = z
  .enum(['open', 'token'], { error: 'not one of open, token' })
  .refine((mode) => mode === 'open', 'token is not available yet; leave it out for a trusted network');

const schema = z
  .object({
    SYNCPAIR_METADATA_PORT: port.default(8081),
    SYNCPAIR_METADATA_HOST: z.string().default('127.0.0.1'),
    SYNCPAIR_DATABASE_URL: databaseUrl('it is not set; it is like postgresql://user:password@host:5432/database'),
    SYNCPAIR_DATABASE_DIRECT_URL: databaseUrl('').optional(),
    SYNCPAIR_DATABASE_POOL: z
      .string()
      .regex(/^[1-9]\d{0,2}$/, 'not a number of connections from 1 to 999')
      .transform(Number)
      .default(16),
    SYNCPAIR_BLOB_URL: httpUrl,
    SYNCPAIR_LOG_LEVEL: z.enum(LOG_LEVELS, { error: `not one of ${LOG_LEVELS.join(', ')}` }).default('info'),
    SYNCPAIR_AUTH: auth.default('open'),
    SYNCPAIR_HOLD: z
      .string()
      .transform((text, context) => {
        const limits = parseHoldLimits(text.trim());
        if (limits.ok) return limits.value;
        context.addIssue({ code: 'custom', message: limits.reason });
        return z.NEVER;
      })
      .optional(),
    SYNCPAIR_RATE: z
      .string()
      .transform((text, context) => {
        const limits = parseRateLimits(text.trim());
        if (limits.ok) return limits.value;
        context.addIssue({ code: 'custom', message: limits.reason });
        return z.NEVER;
      })
      .optional(),
    SYNCPAIR_ALLOWED_HOSTS: z
      .string()
      .transform((text) => text.split(',').map((name) => name.trim()))
      .refine((names) => names.every((name) => /^[a-z0-9.-]+$/.test(name)), 'not a list of host names, such as sync.example.com,sync.local')
      .optional(),
  })
  .transform((env) => ({
    port: env.SYNCPAIR_METADATA_PORT,
    host: env.SYNCPAIR_METADATA_HOST,
    databaseUrl: env.SYNCPAIR_DATABASE_URL,
    /** Reaches PostgreSQL itself where the other goes through a transaction pooler. */
    directDatabaseUrl: env.SYNCPAIR_DATABASE_DIRECT_URL ?? env.SYNCPAIR_DATABASE_URL,
    poolSize: env.SYNCPAIR_DATABASE_POOL,
    blobUrl: env.SYNCPAIR_BLOB_URL,
    logLevel: env.SYNCPAIR_LOG_LEVEL,
    auth: 'open' as const,
    hold: env.SYNCPAIR_HOLD,
    rate: env.SYNCPAIR_RATE,
    allowedHosts: env.SYNCPAIR_ALLOWED_HOSTS ?? (LOOPBACK.test(env.SYNCPAIR_METADATA_HOST) ? [] : undefined),
  }));

/** How the service runs alone. `allowedHosts` are the names it may be asked by besides its addresses and localhost: any when undefined. */
export type MetadataConfig = z.output<typeof schema>;

/** The configuration in an environment, or all that is wrong with it, one mistake a line. An empty variable counts as not set. */
export function parseMetadataConfig(env: Readonly<Record<string, string | undefined>>): Parsed<MetadataConfig> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(set);
  if (result.success) return parsed(result.data);
  return refused(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
}
