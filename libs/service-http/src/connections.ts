import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError } from '@syncpair/contracts';
import type { FastifyInstance } from 'fastify';
import { statusOfCode } from './to-domain-error.ts';

/** Milliseconds in which a request's headers must have arrived. */
export const HEADERS_TIMEOUT_MS = 20_000;
/** Milliseconds an unused connection stays open. */
export const KEEP_ALIVE_MS = 72_000;
/** Milliseconds without a byte in either direction after which a connection is cut. Event streams send a heartbeat well within. */
export const IDLE_MS = 60_000;
/** Milliseconds that open requests and streams get when the service stops. */
export const CLOSE_MS = 5_000;
/** A body must bring this much in each span: a trickle of single bytes is no progress. */
const SLOW_BODY = { bytes: 1024, spanMs: 30_000 };

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers bytes that are not HTTP, with the usual body, and closes. */
export function answerMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const told = new DomainError('invalid_request', 'not an HTTP request that this server understands');
  const body = JSON.stringify(told.toBody());
  const status = STATUS_LINES[error.code ?? ''] ?? `${statusOfCode(told.code)} Bad Request`;
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  socket.end(head + body);
}

/** Cuts bodies that trickle, and ends what is open in bounded time when the service closes. */
export function installConnectionGuards(fastify: FastifyInstance, slow = SLOW_BODY, closeMs = CLOSE_MS): void {
  const server = fastify.server as Server;
  const open = new Map<IncomingMessage, { since: number; bytes: number }>();
  server.on('request', (request: IncomingMessage) => {
    if (request.complete) return;
    open.set(request, { since: Date.now(), bytes: request.socket.bytesRead });
    request.once('close', () => open.delete(request));
  });
  const timer = setInterval(() => {
    const now = Date.now();
    for (const [request, seen] of open) {
      const bytes = request.socket.bytesRead;
      // Bytes that wait to be read here mean that this side is the slow one.
      if (request.complete) open.delete(request);
      else if (bytes - seen.bytes >= slow.bytes || request.readableLength > 0) open.set(request, { since: now, bytes });
      else if (now - seen.since >= slow.spanMs) request.destroy();
    }
  }, slow.spanMs / 3);
  timer.unref();
  fastify.addHook('preClose', (done) => {
    clearInterval(timer);
    const cut = setTimeout(() => server.closeAllConnections(), closeMs);
    cut.unref();
    server.once('close', () => clearTimeout(cut));
    done();
  });
}
