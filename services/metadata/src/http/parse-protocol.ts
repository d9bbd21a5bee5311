import { DomainError, PROTOCOL_VERSION } from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { z } from 'zod';

/**
 * A request of the daemon's protocol, which states its version: another one is told apart from a malformed request, for the remedy differs.
 *
 * @throws {DomainError}
 */
export function parseProtocol<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (
    typeof body === 'object' &&
    body !== null &&
    'protocol' in body &&
    Number.isInteger(body.protocol) &&
    body.protocol !== PROTOCOL_VERSION
  ) {
    throw new DomainError('unsupported_protocol', `protocol ${String(body.protocol)} is not spoken here; ${PROTOCOL_VERSION} is`);
  }
  return parseWith(schema, body);
}
