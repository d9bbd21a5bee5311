import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ROUTES } from '@syncpair/contracts';
import { DomainError } from '@syncpair/contracts';
import type { FastifyRequest } from 'fastify';
import type { Authenticator } from './authenticator.ts';
import type { Principal } from './principal.ts';

const PRINCIPAL = Symbol('principal');
type WithPrincipal = FastifyRequest & { [PRINCIPAL]?: Principal };

/** Routes that say nothing of anybody's data, or check grants of their own. Everything else is denied without a principal. */
const PUBLIC = new Set<string>([ROUTES.health, ROUTES.openapi, ROUTES.grantKeys]);
const isPublic = (route: string): boolean => PUBLIC.has(route) || route === ROUTES.blobs || route.startsWith(`${ROUTES.blobs}/`);

/** The one guard of all routes. It goes by the route that was matched, never by the spelling of a URL. */
export class PrincipalGuard implements CanActivate {
  readonly #authenticator: Authenticator;

  constructor(authenticator: Authenticator) {
    this.#authenticator = authenticator;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WithPrincipal>();
    if (isPublic(request.routeOptions.url ?? '')) return true;
    const principal = await this.#authenticator.authenticate(request.headers);
    if (principal === null) throw new DomainError('unauthenticated', 'no credentials, or none that are good');
    request[PRINCIPAL] = principal;
    return true;
  }
}

/** The principal that the guard found. @throws when the guard did not run, which is a fault of ours. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = (request as WithPrincipal)[PRINCIPAL];
  if (principal === undefined) throw new Error('a request without a principal reached a controller');
  return principal;
}
