import { z } from 'zod';
import type { Parsed } from './brand.ts';
import { parseContentHash } from './content-hash.ts';
import { parseLabel } from './directory-ref.ts';
import type { ErrorCode } from './error-code.ts';
import { parseIsoTime, parseNanoseconds } from './mtime.ts';
import { parseRelativePath } from './relative-path.ts';
import { parseSeq, parseVersionId } from './version-id.ts';

/** A string that one of the parsers accepts; its refusal becomes the message, `code` the error code that a service answers with. */
function text<T>(parse: (text: string) => Parsed<T>, code: ErrorCode = 'invalid_request') {
  return z.string().transform((value, context): T => {
    const result = parse(value);
    if (result.ok) return result.value;
    context.addIssue({ code: 'custom', message: result.reason, params: { code } });
    return z.NEVER;
  });
}

/** Wire forms of the primitives: big integers and times in nanoseconds are decimal strings. */
export const wire = {
  path: text(parseRelativePath, 'invalid_path'),
  hash: text(parseContentHash),
  label: text(parseLabel),
  version: text(parseVersionId),
  seq: text(parseSeq),
  nanoseconds: text(parseNanoseconds),
  isoTime: text(parseIsoTime),
  /** Of a commit: random. */
  mark: z.string().min(1).max(64),
  size: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  /** Chosen by the client, unique per device. */
  changeId: z.string().min(1).max(64),
  deviceId: z.string().regex(/^[0-9a-f]{32}$/, 'not a device id of 32 hexadecimal digits'),
} as const;
