import { Agent as HttpsAgent } from 'node:https';
import { type SecureContext, createSecureContext, getCACertificates } from 'node:tls';
import { PRODUCT_VERSION } from '@syncpair/contracts';
import type { AxiosInstance } from 'axios';
import { axios } from './axios-without-fetch.ts';
import { nodeHttp } from './node-http.ts';
import { openRequest } from './open-request.ts';
import { NO_PROGRESS_MS } from './progress-watch.ts';
import { readJson } from './read-json.ts';

export { NO_PROGRESS_MS } from './progress-watch.ts';
export { ServerError, toServerError, unreachable } from './server-error.ts';

/** Connections to one server: so many transfers that take hours leave room for the short requests of other directories. */
const MAX_CONNECTIONS = 128;

/** A connection pool to one server. Redirects are refused: another origin must not receive what belongs to this one. */
export function createHttp(server: string): AxiosInstance {
  const pool = { keepAlive: true, maxSockets: MAX_CONNECTIONS, maxFreeSockets: 8, timeout: NO_PROGRESS_MS } as const;
  return axios.create({
    baseURL: server,
    adapter: 'http',
    httpAgent: new nodeHttp.Agent(pool),
    ...(/^https:/i.test(server) ? { httpsAgent: new HttpsAgent({ ...pool, secureContext: trustTheSystem() }) } : {}),
    headers: { 'user-agent': `syncpair/${PRODUCT_VERSION}` },
    maxRedirects: 0,
    proxy: false,
    validateStatus: () => true,
    // A path is always taken below the server's address, whatever it looks like.
    allowAbsoluteUrls: false,
  });
}

/** A team's own server often has a certificate of the team's own authority, which the machine knows and Node by itself does not. */
const trustTheSystem = (): SecureContext =>
  createSecureContext({ ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system')])] });

/** The answer's JSON body. @throws {ServerError} */
export async function requestJson(
  http: AxiosInstance,
  request: {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly body?: unknown;
    readonly query?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal | undefined;
    readonly noProgressMs?: number | undefined;
  },
): Promise<unknown> {
  const { method, path, body, query, signal, noProgressMs } = request;
  const answer = await openRequest(http, {
    method,
    path,
    headers: { accept: 'application/json' },
    ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
    ...(body === undefined ? {} : { body: { bytes: Buffer.from(JSON.stringify(body)), contentType: 'application/json' } }),
    signal,
    noProgressMs,
  });
  return readJson(answer);
}
