import type { AxiosInstance } from 'axios';
import type { z } from 'zod';
import type { Bandwidth } from '../bandwidth/bandwidth.ts';
import { type HttpRequest, type Answer, openRequest } from './open-request.ts';
import { readJson } from './read-json.ts';
import { ServerError } from './server-error.ts';

/** How one directory's requests reach the server. */
export interface DirectoryLink {
  readonly http: AxiosInstance;
  /** The `client_id`. */
  readonly clientId: string;
  /** The device id: 32 hexadecimal digits. */
  readonly device: string;
  /** The directory's name, as in the configuration. */
  readonly directory: string;
  readonly shared: boolean;
  /** Ends every request that is under way, and refuses new ones. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte that count as a loss; NO_PROGRESS_MS unless told. */
  readonly noProgressMs?: number | undefined;
  /** What contents pass; left out where nothing is limited. */
  readonly bandwidth?: Bandwidth | undefined;
}

export const open = (link: DirectoryLink, request: HttpRequest): Promise<Answer> =>
  openRequest(link.http, { ...request, signal: link.signal, noProgressMs: link.noProgressMs });

/** The fields that every JSON request about a directory has. */
export const directoryOf = (link: DirectoryLink) => ({
  protocol: 1 as const,
  client_id: link.clientId,
  device: link.device,
  directory: link.directory,
  shared: link.shared,
});

export function postJson(link: DirectoryLink, path: string, body: object): Promise<Answer> {
  return open(link, { method: 'POST', path, body: { bytes: Buffer.from(JSON.stringify(body)), contentType: 'application/json' } });
}

/** Asks and reads an answer of this shape. @throws {ServerError} */
export async function ask<Schema extends z.ZodType>(
  link: DirectoryLink,
  path: string,
  body: object,
  schema: Schema,
): Promise<z.output<Schema>> {
  return checked(await readJson(await postJson(link, path, body)), schema, `the answer of ${path}`);
}

/** What was received, in its shape. @throws {ServerError} `foreign` when it has another. */
export function checked<Schema extends z.ZodType>(received: unknown, schema: Schema, what: string): z.output<Schema> {
  const result = schema.safeParse(received);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ServerError('foreign', `${what} is not what was expected: ${issue?.path.join('.') || 'it'}: ${issue?.message}`);
}
