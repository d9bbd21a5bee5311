import { DomainError, OLDEST_PROTOCOL, PROTOCOL_VERSION } from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { z } from 'zod';

/**
 * A request of the daemon's protocol, which states its version: another one is told apart from a malformed request, for the remedy differs.
 *
 * @throws {DomainError}
 */
export function parseProtocol<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (typeof body === 'object' && body !== null && 'protocol' in body && Number.isInteger(body.protocol)) {
    const asked = body.protocol as number;
    if (asked > PROTOCOL_VERSION) throw unsupported(asked, 'upgrade the server');
    if (asked < OLDEST_PROTOCOL) throw unsupported(asked, 'upgrade the client');
  }
  return parseWith(schema, body);
}

const unsupported = (asked: number, remedy: string): DomainError =>
  new DomainError('unsupported_protocol', `protocol ${asked} is not spoken here, ${SPOKEN} is: ${remedy}`);

const SPOKEN = OLDEST_PROTOCOL === PROTOCOL_VERSION ? String(PROTOCOL_VERSION) : `${OLDEST_PROTOCOL} to ${PROTOCOL_VERSION}`;
