import { BlockList, createServer, isIPv6 } from 'node:net';
import { StandaloneError } from './standalone-error.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine can reach a server that listens there. A name other than `localhost` is taken for the outside. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || LOOPBACK.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

/** Where to reach a server that listens on `host`. One that listens on every address is told by the one that always works here. */
export function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}`;
}

/**
 * Makes sure early that the address can be listened on, so that a mistake is told before the database is started.
 *
 * @throws StandaloneError
 */
export function checkAddress(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(explainListenError(error, host, port)));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}

/** The user's words for why an address cannot be listened on. */
export function explainListenError(error: unknown, host: string, port: number): StandaloneError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new StandaloneError(`port ${port} on ${host} is in use by another program; stop it, or choose another --port`, 1);
    case 'EACCES':
      return new StandaloneError(`this user may not listen on port ${port}; choose a --port from 1024 on`, 2);
    case 'EADDRNOTAVAIL':
      return new StandaloneError(`--host ${host} is no address of this machine`, 2);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StandaloneError(`--host ${host} is not known to this machine`, 2);
    default:
      return new StandaloneError(`cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`, 1, {
        cause: error,
      });
  }
}
