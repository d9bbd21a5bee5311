import { type Parsed, parsed, refused } from '@syncpair/contracts';
import { quote } from './quote.ts';

const EXAMPLE = 'http://HOST:PORT';

/**
 * Checks the server's address: http or https, a host, perhaps a port, nothing else: all that a server offers lies at the root of one origin.
 * A refusal names no user and no password.
 */
export function parseServer(text: string): Parsed<string> {
  const address = text.trim();
  if (address === '') return refused(`"server" is empty; write ${EXAMPLE}`);
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  if (address.includes('@'))
    return refused(
      `"server" holds a user name or a password; write the address alone, as in ${EXAMPLE}, and give a token with "token_file"`,
    );
  if (!hasScheme) return refused(`"server" has no http:// or https://; write ${quote(guess(address))}`);
  const scheme = address.slice(0, address.indexOf(':')).toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return refused(`"server" begins with ${quote(`${scheme}://`)}; write http:// or https://`);
  const url = URL.parse(address);
  if (url === null || /\s/.test(address)) return refused(`"server" is not an address: ${quote(address)}; write ${EXAMPLE}`);
  if (url.search !== '' || url.hash !== '' || /[?#]$/.test(address))
    return refused(`"server" has something after a "?" or "#"; write ${quote(url.origin)}`);
  if (url.pathname !== '/')
    return refused(`"server" has a path, ${quote(url.pathname)}, but a server lies at the root of its address; write ${quote(url.origin)}`);
  return parsed(url.origin);
}

const guess = (address: string): string => {
  const host = address.replace(/^(?:https?:)?\/{0,2}/i, '');
  return URL.parse(`http://${host}`)?.origin ?? EXAMPLE;
};

/** True when what is sent there never leaves this machine. */
export function isLoopback(server: string): boolean {
  const host = new URL(server).hostname;
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
