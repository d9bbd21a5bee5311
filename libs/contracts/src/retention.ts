import { z } from 'zod';
import { bodyFields, queryFields } from './queries.ts';

/** Days that the history of a directory can be kept for. */
export const MAX_RETENTION_DAYS = 36_500;

/** `GET /api/v1/retention`: how long what was replaced or deleted stays. */
export const retentionQuerySchema = z.object(queryFields);

/** `POST /api/v1/retention`: sets what it names. Null takes a setting away: the default of days counts, and any number of bytes. */
export const retentionRequestSchema = z.object({
  ...bodyFields,
  days: z.number().int().min(1).max(MAX_RETENTION_DAYS).nullable().optional(),
  max_bytes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().optional(),
});
export type RetentionRequestJson = z.input<typeof retentionRequestSchema>;

export const retentionResponseSchema = z.object({
  days: z.number().int(),
  /** True when nothing else is set for the directory. */
  default_days: z.boolean(),
  /** Bytes that contents may take which are kept for history only; null: any. */
  max_bytes: z.number().int().nullable(),
  /** Bytes they took when they were measured last; null where no bound made that necessary. */
  history_bytes: z.number().int().nullable(),
  /** True while they take more and nothing more may go: uploads are refused. */
  full: z.boolean(),
  /** The earliest moment that can be brought back, ISO 8601; null: everything since the directory was made. */
  reaches_back_to: z.string().nullable(),
});
export type RetentionResponse = z.infer<typeof retentionResponseSchema>;
