import type { ServerResponse } from 'node:http';

/**
 * Milliseconds between two signs of life: half of what clients wait for a byte, and what proxies have to bear from event streams. Not more often,
 * since some proxies take a few of them for one answer only.
 */
const EVERY_MS = 15_000;

/**
 * Does work that can take long, and tells whoever waits that it goes on, with `102 Processing`: silence would count as a lost connection. A
 * connection on which it was told is closed after the answer: there are proxies that take the first sign of life for all of it, and would
 * leave the next request on it unheard.
 */
export async function whileTold<T>(response: ServerResponse, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    // HTTP/1.0 knows no answer before the answer.
    if (response.req.httpVersionMinor === 0 || response.headersSent || !response.writable) return;
    response.writeProcessing();
    response.setHeader('connection', 'close');
  }, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
