import { ERROR_CODES, type ErrorCode } from '@syncpair/contracts';
import type { AxiosInstance } from 'axios';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeHttpServer, answerJson, fakeHttpServer } from './fake-http-server.ts';
import { ServerError, createHttp, requestJson } from './http.ts';

let fake: FakeHttpServer;
let http: AxiosInstance;

beforeEach(async () => {
  fake = await fakeHttpServer();
  http = createHttp(fake.url);
});
afterEach(() => fake.close());

const ask = (): Promise<unknown> => requestJson(http, { method: 'POST', path: '/x', body: {}, noProgressMs: 20_000 });

async function failure(): Promise<ServerError> {
  const error = await ask().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ServerError);
  return error as ServerError;
}

test.each(Object.entries(ERROR_CODES))('the error %s is told as it is', async (code, { status, retryable }) => {
  fake.play((_request, response) => answerJson(response, { error: { code, message: 'because' } }, status));
  expect(await failure()).toMatchObject({ code: code as ErrorCode, retryable, message: 'because', retryAfterMs: null });
});

test.each([200, 204, 301, 302, 304, 307, 308, 400, 401, 403, 404, 405, 409, 412, 413, 418, 429, 500, 502, 503, 504, 599])(
  'an answer %d that is not ours is foreign, and can be repeated',
  async (status) => {
    fake.play((_request, response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<html>nothing here</html>'));
    const error = await failure();
    expect(error).toMatchObject({ code: 'foreign', retryable: true });
    expect(error.message).toContain(String(status));
  },
);

test.each([
  ['an unknown code', { error: { code: 'teapot', message: 'x' } }],
  ['an inherited name as code', { error: { code: 'constructor', message: 'x' } }],
  ['no message', { error: { code: 'internal' } }],
  ['an error of another shape', { error: 'invalid_request' }],
  ['null', null],
  ['a text', 'no'],
])('an error body with %s is foreign', async (_name, body) => {
  fake.play((_request, response) => answerJson(response, body, 400));
  expect(await failure()).toMatchObject({ code: 'foreign' });
});

test.each([
  ['not JSON', 'application/json', '<html>'],
  ['cut JSON', 'application/json', '{"a":'],
  ['empty', 'application/json', ''],
  ['of another type', 'text/plain', '{}'],
  ['of a type that only begins so', 'application/json-seq', '{}'],
  ['without a type', '', '{}'],
])('a success that is %s is foreign', async (_name, type, body) => {
  fake.play((_request, response) => response.writeHead(200, type === '' ? {} : { 'content-type': type }).end(body));
  expect(await failure()).toMatchObject({ code: 'foreign' });
});

test.each([
  ['7', 7_000],
  ['0', 0],
  [' 12 ', 12_000],
  ['999999999', 3_600_000],
  ['Tue, 24 Nov 2026 10:01:30 GMT', 90_000],
  ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
  ['', null],
])('Retry-After "%s" is a wait of %s ms', async (value, ms) => {
  const headers = { 'retry-after': value, date: 'Tue, 24 Nov 2026 10:00:00 GMT' };
  fake.play((_request, response) => answerJson(response, { error: { code: 'rate_limited', message: 'slowly' } }, 429, headers));
  expect(await failure()).toMatchObject({ code: 'rate_limited', retryAfterMs: ms });
  fake.play((_request, response) => response.writeHead(503, headers).end('busy'));
  expect(await failure()).toMatchObject({ code: 'foreign', retryAfterMs: ms });
});

test.each(['http://169.254.169.254/latest/meta-data/', 'file:///etc/passwd', 'gopher://127.0.0.1:1/', '//127.0.0.1:1/', '\u00ff', ''])(
  'a redirect to "%s" is not followed',
  async (location) => {
    fake.play((_request, response) => response.writeHead(302, { location }).end());
    expect(await failure()).toMatchObject({ code: 'foreign', retryable: true });
  },
);

test('a redirect to another server reaches it with nothing, and its path and secrets are not repeated', async () => {
  const other = await fakeHttpServer();
  fake.play((_request, response) => response.writeHead(307, { location: `${other.url}/login?token=secret` }).end());
  const { message } = await failure();
  expect(message).toContain(other.url);
  expect(message).not.toContain('secret');
  expect(other.requests).toEqual([]);
  await other.close();
});

test('a path that looks like an address stays on the server', async () => {
  fake.play((_request, response) => answerJson(response, {}));
  await requestJson(http, { method: 'GET', path: 'http://127.0.0.1:1/x' });
  expect(fake.requests).toEqual(['GET /http://127.0.0.1:1/x']);
});

test('an endless answer is refused while it streams', async () => {
  let sent = 0;
  fake.play((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      while (!response.destroyed && response.write(' '.repeat(1 << 20))) sent += 1;
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  expect(await failure()).toMatchObject({ code: 'foreign', message: expect.stringContaining('larger than') });
  expect(sent).toBeLessThan(100);
  await expect.poll(() => fake.connections(), { timeout: 20_000 }).toBe(0);
});

test('an endless error page is not read', async () => {
  fake.play((_request, response) => {
    response.writeHead(502, { 'content-type': 'text/html' });
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(1 << 20)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  expect(await failure()).toMatchObject({ code: 'foreign' });
  await expect.poll(() => fake.connections(), { timeout: 20_000 }).toBe(0);
});
