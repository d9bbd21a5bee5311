import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { DomainError, ROUTES, type RevertResponse, restoreTreeRequestSchema, undoRequestSchema } from '@syncpair/contracts';
import { parseWith } from '@syncpair/service-http';
import type { FastifyRequest } from 'fastify';
import { directoryOf } from '../auth/access.ts';
import { principalOf } from '../auth/principal.guard.ts';
import { RestoreTreeService } from './restore-tree.service.ts';
import { UndoService } from './undo.service.ts';

/** Bringing many paths back at once. */
@Controller()
export class RevertController {
  readonly #restore: RestoreTreeService;
  readonly #undo: UndoService;

  constructor(@Inject(RestoreTreeService) restore: RestoreTreeService, @Inject(UndoService) undo: UndoService) {
    this.#restore = restore;
    this.#undo = undo;
  }

  @Post(ROUTES.restoreTree)
  @HttpCode(200)
  restoreTree(@Req() request: FastifyRequest, @Body() body: unknown): Promise<RevertResponse> {
    const { at: time, seq, path = null, exact, plan, ...named } = parseWith(restoreTreeRequestSchema, body);
    const at = time !== undefined && seq === undefined ? { time } : time === undefined && seq !== undefined ? { seq } : null;
    if (at === null) throw new DomainError('invalid_request', 'at and seq: one of them is needed, and one only');
    return this.#restore.restore({ ref: directoryOf(principalOf(request), named), path, at, exact, planOnly: plan });
  }

  @Post(ROUTES.undo)
  @HttpCode(200)
  undo(@Req() request: FastifyRequest, @Body() body: unknown): Promise<RevertResponse> {
    const { client, from, to, plan, ...named } = parseWith(undoRequestSchema, body);
    return this.#undo.undo({ ref: directoryOf(principalOf(request), named), client, from, to, planOnly: plan });
  }
}
