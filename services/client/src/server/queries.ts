import {
  type Conflict,
  type ConflictChoice,
  type DevicesResponse,
  type DirectoryRef,
  type HistoryItem,
  type Nanoseconds,
  type Hold,
  type HoldDecision,
  type HoldsResponse,
  ROUTES,
  type ResolveResponse,
  type RestoreResponse,
  type RestoreTreeRequestJson,
  type RetentionRequestJson,
  type RetentionResponse,
  type RevertResponse,
  type Seq,
  type UndoRequestJson,
  conflictsResponseSchema,
  devicesResponseSchema,
  historyResponseSchema,
  holdSchema,
  holdsResponseSchema,
  resolveResponseSchema,
  restoreResponseSchema,
  retentionResponseSchema,
  revertResponseSchema,
  toIsoTime,
} from '@syncpair/contracts';
import type { AxiosInstance } from 'axios';
import type { z } from 'zod';
import { requestJson } from './http.ts';
import { openRequest } from './open-request.ts';
import { refuseUnlessSuccess } from './read-json.ts';
import { ServerError } from './server-error.ts';
import { type TreeStream, readTree } from './tree-stream.ts';

/** Versions asked for at once. */
const HISTORY_PAGE = 1_000;

/** Milliseconds that a call may take which writes many thousand paths. */
const LONG_CALL_MS = 600_000;

type Unasked = 'client_id' | 'directory' | 'shared';
/** A folder (null: the whole directory) and a moment: a time, or the one after a commit. */
export type RestoreTreeQuestion = Omit<RestoreTreeRequestJson, Unasked | 'path'> & { readonly path: string | null };
/** What is left out stays as it is; null takes a setting away. */
export type RetentionSettings = Omit<RetentionRequestJson, Unasked>;
export type UndoQuestion = Omit<UndoRequestJson, Unasked>;

/** What people ask the server about one directory, apart from the sync itself. Every call rejects with `ServerError` when it fails. */
export class DirectoryQueries {
  readonly #http: AxiosInstance;
  readonly #ref: DirectoryRef;

  constructor(http: AxiosInstance, ref: DirectoryRef) {
    this.#http = http;
    this.#ref = ref;
  }

  /** Versions, the newest first; of one path and everything below it, or of the whole directory. */
  async history(path: string | null, limit: number): Promise<HistoryItem[]> {
    const found: HistoryItem[] = [];
    let before: string | null = null;
    do {
      const answer: z.output<typeof historyResponseSchema> = await this.#get(ROUTES.history, historyResponseSchema, {
        limit: String(Math.min(limit - found.length, HISTORY_PAGE)),
        ...(path === null ? {} : { path }),
        ...(before === null ? {} : { before }),
      });
      found.push(...answer.versions);
      before = answer.next;
    } while (before !== null && found.length < limit);
    return found;
  }

  /** Makes an old version the new head of its path. */
  restore(path: string, version: string): Promise<RestoreResponse> {
    return this.#post(ROUTES.restore, restoreResponseSchema, { path, version });
  }

  /** Makes a folder or the whole directory again what it was, or tells what that would do. */
  restoreTree({ path, ...question }: RestoreTreeQuestion): Promise<RevertResponse> {
    return this.#post(ROUTES.restoreTree, revertResponseSchema, { ...question, ...(path === null ? {} : { path }) }, LONG_CALL_MS);
  }

  /** Takes back what one client did in a span of time, or tells what that would do. */
  undo(question: UndoQuestion): Promise<RevertResponse> {
    return this.#post(ROUTES.undo, revertResponseSchema, question, LONG_CALL_MS);
  }

  /** How long what was replaced or deleted stays. */
  retention(): Promise<RetentionResponse> {
    return this.#get(ROUTES.retention, retentionResponseSchema, {});
  }

  setRetention(settings: RetentionSettings): Promise<RetentionResponse> {
    return this.#post(ROUTES.retention, retentionResponseSchema, settings);
  }

  /** The open conflicts, the newest first, or all of them. */
  async conflicts(resolvedToo: boolean): Promise<Conflict[]> {
    return (await this.#get(ROUTES.conflicts, conflictsResponseSchema, { resolved: String(resolvedToo) })).conflicts;
  }

  resolve(id: string, choice: ConflictChoice): Promise<ResolveResponse> {
    return this.#post(ROUTES.resolve, resolveResponseSchema, { id, choice });
  }

  /** What waits, and with `decidedToo` what was decided lately; and the limits of the server. */
  holds(decidedToo: boolean): Promise<HoldsResponse> {
    return this.#get(ROUTES.holds, holdsResponseSchema, { decided: String(decidedToo) });
  }

  decideHold(id: string, decision: HoldDecision): Promise<Hold> {
    return this.#post(ROUTES.decideHold, holdSchema, { id, decision });
  }

  /** Null: the limits of the server. */
  setHoldLimits(limits: HoldsResponse['limits'] | null): Promise<HoldsResponse> {
    return this.#post(ROUTES.holdLimits, holdsResponseSchema, { limits });
  }

  /** Everything that is live, or was at a time (nanoseconds) or after a commit, in the order of paths. */
  async tree(at: { readonly time: Nanoseconds } | { readonly seq: Seq } | null): Promise<TreeStream> {
    const moment: Record<string, string> = at === null ? {} : 'seq' in at ? { seq: String(at.seq) } : { at: toIsoTime(at.time) };
    const query = new URLSearchParams({ ...this.#query(), ...moment });
    const answer = await openRequest(this.#http, { method: 'GET', path: ROUTES.tree, query });
    await refuseUnlessSuccess(answer, 'application/x-ndjson');
    return readTree(answer.body);
  }

  devices(): Promise<DevicesResponse> {
    return this.#get(ROUTES.devices, devicesResponseSchema, {});
  }

  /** The bytes of one version, as they come; whoever reads them checks their hash. */
  async content(path: string, version: string): Promise<AsyncIterable<Uint8Array>> {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const query = new URLSearchParams({ ...this.#query(), version });
    const answer = await openRequest(this.#http, { method: 'GET', path: `${ROUTES.download}/${encoded}`, query });
    await refuseUnlessSuccess(answer, 'application/octet-stream');
    return answer.body;
  }

  #query(): Record<string, string> {
    return { client_id: this.#ref.client_id, directory: this.#ref.name, shared: String(this.#ref.shared) };
  }

  async #get<S extends z.ZodType>(path: string, schema: S, query: Readonly<Record<string, string>>): Promise<z.output<S>> {
    return check(schema, await requestJson(this.#http, { method: 'GET', path, query: { ...this.#query(), ...query } }));
  }

  async #post<S extends z.ZodType>(path: string, schema: S, body: object, noProgressMs?: number): Promise<z.output<S>> {
    const asking = { client_id: this.#ref.client_id, directory: this.#ref.name, shared: this.#ref.shared };
    return check(schema, await requestJson(this.#http, { method: 'POST', path, body: { ...asking, ...body }, noProgressMs }));
  }
}

function check<S extends z.ZodType>(schema: S, answer: unknown): z.output<S> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ServerError(
    'foreign',
    `the server's answer is not understood (${issue?.path.join('.')}: ${issue?.message}); are both sides up to date?`,
  );
}
