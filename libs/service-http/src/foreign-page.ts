import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { DomainError } from '@syncpair/contracts';

/**
 * Why a request is refused that a page of another site made a browser send; null when it is none.
 *
 * Two tricks are met. The page names itself as `origin`, which must be the host that is asked (a proxy may have changed `host`, so its own
 * header counts too). Or its site's name was made to resolve to this server: then origin and host agree, and only the name is strange. Where
 * `allowedHosts` is given, every other name is refused; addresses and localhost cannot be taken over like that.
 */
export function refuseForeignPage(headers: IncomingHttpHeaders, allowedHosts: readonly string[] | undefined): DomainError | null {
  const { origin, host = '' } = headers;
  // Images, scripts and links of other sites tell no origin, but what they are.
  if (headers['sec-fetch-site'] === 'cross-site') return new DomainError('forbidden', 'requests from pages of another site are refused');
  if (origin !== undefined && ![host, headers['x-forwarded-host']].some((name) => isHostOf(origin, name))) {
    return new DomainError('forbidden', 'requests from pages of another origin are refused');
  }
  if (allowedHosts === undefined) return null;
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '') : '';
  const allowed = isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || allowedHosts.includes(name);
  return allowed
    ? null
    : new DomainError('forbidden', 'this server does not go by the name in the host header; ask it by its address or as localhost');
}

function isHostOf(origin: string, host: string | string[] | undefined): boolean {
  if (typeof host !== 'string' || !URL.canParse(origin)) return false;
  const { protocol, host: from } = new URL(origin);
  // Both read as URLs, so that a default port that is spelled out makes no difference.
  return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === from;
}
