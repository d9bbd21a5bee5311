import type { IncomingHttpHeaders } from 'node:http';
import type { AuthMode } from '../metadata-options.ts';
import { OPEN_PRINCIPAL, type Principal } from './principal.ts';

/** Finds out who a request comes from; null when it does not say so in a way that counts. */
export interface Authenticator {
  authenticate(headers: IncomingHttpHeaders): Promise<Principal | null>;
}

export function createAuthenticator(mode: AuthMode): Authenticator {
  switch (mode) {
    case 'open':
      return { authenticate: () => Promise.resolve(OPEN_PRINCIPAL) };
  }
}
