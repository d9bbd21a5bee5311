import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, type StreamableFile } from '@nestjs/common';
import {
  DomainError,
  type HistoryResponse,
  ROUTES,
  type RestoreResponse,
  historyQuerySchema,
  restoreRequestSchema,
  treeQuerySchema,
  wire,
} from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyRequest } from 'fastify';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { ndjson } from '../http/ndjson.ts';
import { decodePlace } from './history-cursor.ts';
import { HistoryService } from './history.service.ts';
import { TreeService } from './tree.service.ts';

/** `seq`: as it was after that commit; `at`: as it was at that time. */
export const treeAtQuerySchema = treeQuerySchema.extend({ seq: wire.seq.optional() });

@Controller()
export class HistoryController {
  readonly #history: HistoryService;
  readonly #tree: TreeService;

  constructor(@Inject(HistoryService) history: HistoryService, @Inject(TreeService) tree: TreeService) {
    this.#history = history;
    this.#tree = tree;
  }

  @Get(ROUTES.history)
  history(@Req() request: FastifyRequest, @Query() query: unknown): Promise<HistoryResponse> {
    const parsed = parseWith(historyQuerySchema, query);
    const before = parsed.before === undefined ? null : decodePlace(parsed.before);
    return this.#history.list(directoryOf(principalOf(request), parsed), parsed.path ?? null, before, parsed.limit);
  }

  @Post(ROUTES.restore)
  @HttpCode(200)
  restore(@Req() request: FastifyRequest, @Body() body: unknown): Promise<RestoreResponse> {
    const parsed = parseWith(restoreRequestSchema, body);
    return this.#history.restore(directoryOf(principalOf(request), parsed), parsed.path, parsed.version);
  }

  @Get(ROUTES.tree)
  async tree(@Req() request: FastifyRequest, @Query() query: unknown): Promise<StreamableFile> {
    const parsed = parseWith(treeAtQuerySchema, query);
    if (parsed.at !== undefined && parsed.seq !== undefined) throw new DomainError('invalid_request', 'at and seq: one of them only');
    const at = parsed.at !== undefined ? { time: parsed.at } : parsed.seq !== undefined ? { seq: parsed.seq } : null;
    const chunks = await this.#tree.stream(directoryOf(principalOf(request), parsed), at);
    return ndjson(chunks);
  }
}
