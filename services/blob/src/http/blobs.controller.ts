import { Controller, Get, Head, Headers, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import {
  DomainError,
  GRANT_HEADER,
  LOCATION_HEADER,
  type PublicKeysJson,
  ROUTES,
  type ReceiptResponse,
  blobFetchRequestSchema,
  decodeBatchPreamble,
  piecesOf,
  wire,
} from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BlobService } from '../blobs/blob-service.ts';
import { parseRangeHeader } from '../blobs/byte-range.ts';
import { GrantVerifier } from '../grants/grant-verifier.ts';
import { coverChunks } from '../grants/cover-chunks.ts';
import { readBody, readFrames } from './frame-body.ts';
import { readManifestBody } from './manifest-body.ts';
import { sendBytes } from './send-bytes.ts';
import { whileTold } from './while-told.ts';

const BYTES = 'application/octet-stream';
/** Contents never change, but only the grant's bearer may have them, byte by byte as they are. */
const CACHING = 'private, max-age=31536000, immutable, no-transform';

/** Contents by their hash. Routes are described in `BLOB_ROUTES` of the contracts. */
@Controller(ROUTES.blobs)
export class BlobsController {
  readonly #blobs: BlobService;
  readonly #grants: GrantVerifier;

  constructor(@Inject(BlobService) blobs: BlobService, @Inject(GrantVerifier) grants: GrantVerifier) {
    this.#blobs = blobs;
    this.#grants = grants;
  }

  @Get('keys')
  keys(): PublicKeysJson {
    return this.#blobs.publicKeys();
  }

  @Put(':hash')
  @HttpCode(201)
  async put(
    @Param('hash') name: string,
    @Headers(GRANT_HEADER) grant: string | undefined,
    @Req() request: FastifyRequest,
  ): Promise<ReceiptResponse> {
    const hash = parseName(name);
    requireBytes(request);
    const granted = await this.#grants.verify(tokensOf(grant), 'write');
    const declared = request.headers['content-length'];
    return this.#blobs.put(granted, hash, request.raw, declared === undefined ? undefined : Number(declared));
  }

  @Put(':hash/manifest')
  @HttpCode(201)
  async putManifest(
    @Param('hash') name: string,
    @Headers(GRANT_HEADER) grant: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceiptResponse> {
    const hash = parseName(name);
    requireBytes(request);
    const granted = await this.#grants.verify(tokensOf(grant), 'write');
    const { tokens, manifest } = await readBody(() => readManifestBody(request.raw.iterator({ destroyOnReturn: false })));
    const cover = await coverChunks(tokens, granted.who, {
      grants: this.#grants,
      receiptOf: (token) => this.#blobs.readReceipt(token),
      chunksOf: (content) => this.#blobs.chunksOf(content),
    });
    return whileTold(reply.raw, () => this.#blobs.putManifest(granted, cover, hash, manifest));
  }

  @Post('batch')
  async batch(@Headers(GRANT_HEADER) grant: string | undefined, @Req() request: FastifyRequest): Promise<ReceiptResponse> {
    requireBytes(request);
    return readBody(async () => {
      const { grants, frames } = await decodeBatchPreamble(piecesOf(request.raw));
      const granted = await this.#grants.verify([...tokensOf(grant), ...grants], 'write');
      return this.#blobs.putFrames(granted, readFrames(frames));
    });
  }

  @Post('fetch')
  @HttpCode(200)
  async fetch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { grants, hashes, verified_by: verifiedBy } = parseWith(blobFetchRequestSchema, request.body);
    const granted = await this.#grants.verify(grants, 'read');
    const frames = this.#blobs.fetch(granted, hashes, verifiedBy);
    await sendBytes(reply.header('cache-control', 'no-store').type(BYTES), frames);
  }

  @Head(':hash')
  async head(@Param('hash') name: string, @Headers(GRANT_HEADER) grant: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const hash = parseName(name);
    const granted = await this.#grants.verify(tokensOf(grant), 'read');
    const { size, location } = await this.#blobs.stat(granted, hash);
    await describe(reply, hash).header('content-length', size).header(LOCATION_HEADER, location).send();
  }

  @Get(':hash')
  async get(@Param('hash') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const hash = parseName(name);
    const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch, [GRANT_HEADER]: grant } = request.headers;
    const granted = await this.#grants.verify(tokensOf(grant), 'read');
    if (ifNoneMatch !== undefined && ifNoneMatch.includes(`"${hash}"`)) return void (await describe(reply, hash).code(304).send());
    const asked = ifRange === undefined || ifRange === `"${hash}"` ? parseRangeHeader(range) : undefined;
    const { size, start, end, body } = await this.#blobs.open(granted, hash, asked);
    describe(reply, hash).header('content-length', end - start);
    if (asked !== undefined) reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${size}`);
    await reply.send(body);
  }
}

const parseName = (name: string) => parseWith(wire.hash, name);

/** The tokens of a grant header; several stand in one line, or in lines that Node joins. */
function tokensOf(header: string | string[] | undefined): string[] {
  return String(header ?? '')
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
}

function requireBytes(request: FastifyRequest): void {
  const { 'content-type': type, 'content-encoding': encoding } = request.headers;
  if (type?.split(';', 1)[0]?.trim().toLowerCase() !== BYTES) throw new DomainError('invalid_request', `content-type: it must be ${BYTES}`);
  if (encoding !== undefined && encoding !== 'identity')
    throw new DomainError('invalid_request', 'content-encoding: contents are taken as they are');
}

function describe(reply: FastifyReply, hash: string): FastifyReply {
  return reply.type(BYTES).header('etag', `"${hash}"`).header('accept-ranges', 'bytes').header('cache-control', CACHING);
}
