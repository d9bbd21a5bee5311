import { connect } from 'node:net';
import type { FuzzedRequest } from './mutate.ts';

/** Milliseconds of silence after which a request counts as never answered. */
const ANSWER_WITHIN_MS = 20_000;

/** The bytes of a request, so that a failure can be sent again with a tool for raw connections. */
export function toBytes({ method, target, headers, body }: FuzzedRequest): Buffer {
  const lines = Object.entries({ ...headers, 'content-length': String(body.length), connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('\r\n')}\r\n\r\n`), body]);
}

/**
 * Sends bytes on a connection of their own.
 *
 * @returns the status of the answer; 0 when the server closed the connection without one, which it may for what is no HTTP
 * @throws {Error} when nobody listens, or nothing comes back in time
 */
export function send(port: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let answer = '';
    let isConnected = false;
    const socket = connect(port, '127.0.0.1', () => {
      isConnected = true;
      socket.write(bytes);
    });
    socket.setTimeout(ANSWER_WITHIN_MS, () => {
      socket.destroy();
      reject(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`));
    });
    const end = (): void => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0));
    };
    socket.on('data', (part: Buffer) => {
      if (answer.length < 16) answer += part.toString('latin1');
      // A stream of events never ends by itself, and the status is all that is asked.
      if (answer.length >= 16) end();
    });
    socket.on('error', (error) => (isConnected ? end() : reject(error)));
    socket.on('close', end);
  });
}
