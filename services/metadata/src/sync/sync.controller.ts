import { Body, Controller, HttpCode, Inject, Post, Req, type StreamableFile } from '@nestjs/common';
import {
  type ChunksResponseJson,
  type NegotiateResponseJson,
  ROUTES,
  type ReadGrantsResponseJson,
  chunksRequestSchema,
  negotiateRequestSchema,
  readGrantsRequestSchema,
  snapshotRequestSchema,
} from '@syncpair/contracts';
import { ndjson } from '../http/ndjson.ts';
import { parseProtocol } from '../http/parse-protocol.ts';
import type { FastifyRequest } from 'fastify';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { ChunksService } from './chunks.service.ts';
import { NegotiateService } from './negotiate.service.ts';
import { ReadGrantsService } from './read-grants.service.ts';
import { SnapshotService } from './snapshot.service.ts';

/** The daemon's own protocol. */
@Controller()
export class SyncController {
  readonly #negotiate: NegotiateService;
  readonly #snapshot: SnapshotService;
  readonly #grants: ReadGrantsService;
  readonly #chunks: ChunksService;

  constructor(
    @Inject(NegotiateService) negotiate: NegotiateService,
    @Inject(SnapshotService) snapshot: SnapshotService,
    @Inject(ReadGrantsService) grants: ReadGrantsService,
    @Inject(ChunksService) chunks: ChunksService,
  ) {
    this.#negotiate = negotiate;
    this.#snapshot = snapshot;
    this.#grants = grants;
    this.#chunks = chunks;
  }

  @Post(ROUTES.negotiate)
  @HttpCode(200)
  negotiate(@Req() request: FastifyRequest, @Body() body: unknown): Promise<NegotiateResponseJson> {
    return this.#negotiate.negotiate(principalOf(request), parseProtocol(negotiateRequestSchema, body));
  }

  @Post(ROUTES.snapshot)
  @HttpCode(200)
  async snapshot(@Req() request: FastifyRequest, @Body() body: unknown): Promise<StreamableFile> {
    const ref = directoryOf(principalOf(request), parseProtocol(snapshotRequestSchema, body));
    return ndjson(await this.#snapshot.stream(ref));
  }

  @Post(ROUTES.chunks)
  @HttpCode(200)
  chunks(@Req() request: FastifyRequest, @Body() body: unknown): Promise<ChunksResponseJson> {
    const principal = principalOf(request);
    const parsed = parseProtocol(chunksRequestSchema, body);
    return this.#chunks.ask(principal, directoryOf(principal, parsed), parsed);
  }

  @Post(ROUTES.grants)
  @HttpCode(200)
  grants(@Req() request: FastifyRequest, @Body() body: unknown): Promise<ReadGrantsResponseJson> {
    const principal = principalOf(request);
    const parsed = parseProtocol(readGrantsRequestSchema, body);
    return this.#grants.grant(principal, directoryOf(principal, parsed), parsed);
  }
}
