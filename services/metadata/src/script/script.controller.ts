import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  DomainError,
  ROUTES,
  type RelativePath,
  type SyncResponseJson,
  nameOf,
  syncRequestSchema,
  toIsoTime,
  uploadJsonSchema,
} from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { contentDisposition } from '../http/content-disposition.ts';
import { type WantedRange, wantedRange } from '../http/wanted-range.ts';
import { deleteQuerySchema, downloadQuerySchema, parsePath, toScriptState, uploadQuerySchema } from './script-requests.ts';
import { type Download, ScriptFilesService, type UploadAnswer, type UploadRequest } from './script-files.service.ts';
import { ScriptSyncService } from './script-sync.service.ts';

const BYTES = 'application/octet-stream';

/** The specification's own calls. */
@Controller()
export class ScriptController {
  readonly #sync: ScriptSyncService;
  readonly #files: ScriptFilesService;

  constructor(@Inject(ScriptSyncService) sync: ScriptSyncService, @Inject(ScriptFilesService) files: ScriptFilesService) {
    this.#sync = sync;
    this.#files = files;
  }

  @Post(ROUTES.sync)
  @HttpCode(200)
  sync(@Req() request: FastifyRequest, @Body() body: unknown): Promise<SyncResponseJson> {
    const parsed = parseWith(syncRequestSchema, body);
    return this.#sync.sync(directoryOf(principalOf(request), parsed), toScriptState(parsed));
  }

  @Post(ROUTES.upload)
  async upload(
    @Req() request: FastifyRequest,
    @Query() query: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UploadAnswer> {
    const principal = principalOf(request);
    const upload = isBytes(request) ? fromBytes(request, query) : fromJson(request);
    const { created, answer } = await this.#files.upload(principal, { ...upload, ref: directoryOf(principal, upload.named) });
    reply.code(created ? 201 : 200);
    return answer;
  }

  @Get(`${ROUTES.download}/*`)
  async download(
    @Req() request: FastifyRequest,
    @Param() parameters: unknown,
    @Query() query: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const principal = principalOf(request);
    const path = parsePath(parameters);
    const parsed = parseWith(downloadQuerySchema, query);
    const found = await this.#files.download(principal, directoryOf(principal, parsed), path, parsed.version ?? null);
    const wanted = wantedRange(request.headers, `"${found.file.hash}"`, found.file.size);
    await send(reply.header('content-disposition', contentDisposition(nameOf(path))), request.method, found, wanted);
  }

  @Delete(`${ROUTES.delete}/*`)
  delete(@Req() request: FastifyRequest, @Param() parameters: unknown, @Query() query: unknown): Promise<object> {
    const parsed = parseWith(deleteQuerySchema, query);
    return this.#files.delete(directoryOf(principalOf(request), parsed), parsePath(parameters), parsed.modified ?? null);
  }
}

type ParsedUpload = Omit<UploadRequest, 'ref'> & { readonly named: Parameters<typeof directoryOf>[1] };

const isBytes = (request: FastifyRequest): boolean => request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === BYTES;

function fromBytes(request: FastifyRequest, query: unknown): ParsedUpload {
  const named = parseWith(uploadQuerySchema, query);
  const length = request.headers['content-length'];
  if (length !== undefined) refuseSize(named, Number(length));
  return { named, path: named.path, hash: named.hash, modified: named.modified, size: named.size, body: request.raw };
}

function fromJson(request: FastifyRequest): ParsedUpload {
  const named = parseWith(uploadJsonSchema, request.body);
  const bytes = Buffer.from(named.content, 'base64');
  refuseSize(named, bytes.length);
  return { named, path: named.path, hash: named.hash, modified: named.modified, size: named.size, body: Readable.from([bytes]) };
}

function refuseSize({ size, path }: { readonly size?: number | undefined; readonly path: RelativePath }, length: number): void {
  if (size !== undefined && size !== length) throw new DomainError('hash_mismatch', `the content has ${length} bytes, not ${size}`, path);
}

async function send(reply: FastifyReply, method: string, found: Download, wanted: WantedRange): Promise<void> {
  const { file, version } = found;
  reply
    .type(BYTES)
    .header('etag', `"${file.hash}"`)
    .header('accept-ranges', 'bytes')
    .header('cache-control', 'private, no-cache, no-transform')
    .header('x-syncpair-modified', toIsoTime(file.mtime))
    .header('x-syncpair-version', version);
  if (wanted.kind === 'unchanged') return void (await reply.code(304).send());
  const range = wanted.kind === 'range' ? wanted.range : undefined;
  if (range !== undefined) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.size}`);
  reply.header('content-length', range === undefined ? file.size : range.end - range.start + 1);
  // Fastify answers a HEAD without a payload with a length of 0; a stream keeps the length that stands there.
  if (method === 'HEAD') return void (await reply.send(Readable.from([])));
  await reply.send(await found.open(range));
}
