import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import { DomainError } from '@syncpair/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Bytes of a JSON body, also after it was decompressed. */
export const MAX_JSON_BYTES = 32 * 1024 * 1024;

const inflate = { gzip: promisify(gunzip), br: promisify(brotliDecompress) } as const;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON bodies are read whole, plain or compressed (gzip, br), and refused when a key would touch a prototype. `application/octet-stream`
 * bodies stay streams without a limit here. Any other type is refused, and with it every HTML form of a foreign site.
 */
export function installBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_JSON_BYTES },
    async (request: FastifyRequest, body: Buffer) => {
      const text = decodeText(await decompress(body, request.headers['content-encoding']));
      return new Promise((resolve, reject) => {
        void parseJson(request, text, (error, value) => (error === null ? resolve(value) : reject(notJson(error))));
      });
    },
  );
  fastify.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
}

async function decompress(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'br')
    throw new DomainError('invalid_request', `content-encoding ${encoding} is not taken; gzip and br are`);
  try {
    return await inflate[encoding](body, { maxOutputLength: MAX_JSON_BYTES });
  } catch (error) {
    if (error instanceof RangeError)
      throw new DomainError('too_large', `the body is larger than ${MAX_JSON_BYTES} bytes when decompressed`);
    throw new DomainError('invalid_request', `the body is not what content-encoding ${encoding} says`);
  }
}

function decodeText(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new DomainError('invalid_request', 'the body is not valid UTF-8');
  }
}

const notJson = (error: Error): DomainError => new DomainError('invalid_request', `the body is not JSON: ${error.message}`);
