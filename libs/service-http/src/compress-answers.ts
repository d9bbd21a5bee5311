import { Readable, pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

/** Bytes; a shorter answer fits one packet anyway. */
const MIN_BYTES = 1024;
const COMPRESSIBLE = /^application\/(json|x-ndjson|[\w.-]+\+json)\b/;
/** Fast settings: on a local network a slow compressor costs more than it saves. */
const GZIP = { level: 1 };
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } };

const whole = {
  gzip: (body: Buffer) => promisify(gzip)(body, GZIP),
  br: (body: Buffer) => promisify(brotliCompress)(body, BROTLI),
};
const streaming = { gzip: () => createGzip(GZIP), br: () => createBrotliCompress(BROTLI) };

/** Compresses JSON and NDJSON answers for callers that take it. Contents and event streams are left as they are. */
export function installCompression(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    const type = reply.getHeader('content-type');
    if (typeof type !== 'string' || !COMPRESSIBLE.test(type) || reply.hasHeader('content-encoding') || request.method === 'HEAD')
      return payload;
    const stream = payload instanceof Readable ? payload : null;
    const body = typeof payload === 'string' ? Buffer.from(payload) : Buffer.isBuffer(payload) ? payload : null;
    if (stream === null && (body === null || body.length < MIN_BYTES)) return payload;
    reply.header('vary', 'accept-encoding');
    const encoding = chooseEncoding(request.headers['accept-encoding']);
    if (encoding === null) return payload;
    reply.header('content-encoding', encoding);
    reply.removeHeader('content-length');
    if (body !== null) return whole[encoding](body);
    // The answer reads the compressor's error, so the callback has nothing left to do.
    return pipeline(stream as Readable, streaming[encoding](), () => undefined);
  });
}

/** The encoding to answer with, or null for none. */
export function chooseEncoding(accepted: string | string[] | undefined): 'gzip' | 'br' | null {
  const weights = new Map<string, number>();
  for (const item of String(accepted ?? '').split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  const takes = (name: string): boolean => (weights.get(name) ?? weights.get('*') ?? 0) > 0;
  return takes('gzip') ? 'gzip' : takes('br') ? 'br' : null;
}
