import { DomainError } from '@syncpair/contracts';
import type { z } from 'zod';

/**
 * A value from outside, in the shape that the schema asks for.
 *
 * @throws {DomainError} `invalid_path` when a path was refused, else `invalid_request`; the message names the field.
 */
export function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = innermost(result.error.issues[0] as z.core.$ZodIssue);
  const field = issue.path.map(String).join('.');
  const message = field === '' ? issue.message : `${field}: ${issue.message}`;
  if (issue.code !== 'custom' || issue.params?.['code'] !== 'invalid_path') throw new DomainError('invalid_request', message);
  throw new DomainError('invalid_path', message);
}

/** Of a union that nothing matched, the issue of the alternative that came nearest to matching. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const [nearest] = issue.errors.flat().sort((a, b) => b.path.length - a.path.length);
  return nearest === undefined ? issue : innermost({ ...nearest, path: [...issue.path, ...nearest.path] });
}
