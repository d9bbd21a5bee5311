import type { Answer } from './open-request.ts';
import { ServerError, toServerError } from './server-error.ts';

/** Bytes of the largest JSON answer that is taken; larger things are streamed. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;
/** Bytes of an error answer that are looked at. */
const MAX_ERROR_BYTES = 64 * 1024;

/** The JSON of a successful answer. @throws {ServerError} for every other one. */
export async function readJson(answer: Answer): Promise<unknown> {
  await refuseUnlessSuccess(answer, 'application/json');
  const text = await readText(answer, MAX_JSON_BYTES);
  if (text === null) throw new ServerError('foreign', `the answer is larger than ${MAX_JSON_BYTES} bytes`);
  try {
    return JSON.parse(text);
  } catch {
    throw new ServerError('foreign', 'the answer says that it is JSON and is not');
  }
}

/** Goes on only with an answer of 2xx and this content type. @throws {ServerError} what the answer says instead. */
export async function refuseUnlessSuccess(answer: Answer, contentType: string): Promise<void> {
  if (answer.status < 200 || answer.status >= 300) throw await readError(answer);
  if (isOfType(answer, contentType)) return;
  answer.discard();
  throw toServerError({ ...answer, data: null });
}

/** What an answer other than success says. */
export async function readError(answer: Answer): Promise<ServerError> {
  return toServerError({ ...answer, data: await readErrorBody(answer) });
}

/** Null for a body that is not ours, or that could not be read: the status alone says enough. */
async function readErrorBody(answer: Answer): Promise<unknown> {
  if (!isOfType(answer, 'application/json')) {
    answer.discard();
    return null;
  }
  try {
    return JSON.parse((await readText(answer, MAX_ERROR_BYTES)) ?? '');
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ServerError) return null;
    throw error;
  }
}

/** The whole body, or null when it is longer than `limit` bytes. */
async function readText(answer: Answer, limit: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    length += chunk.length;
    if (length > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isOfType(answer: Answer, contentType: string): boolean {
  const stated = String(answer.headers['content-type'] ?? '').toLowerCase();
  return stated === contentType || stated.startsWith(`${contentType};`);
}
