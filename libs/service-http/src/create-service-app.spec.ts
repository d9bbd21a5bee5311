import { connect } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Body, Controller, Get, Header, Module, Post, Put, Req, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError, type ErrorBody } from '@syncpair/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServiceApp } from './create-service-app.ts';
import { compareRoutes } from './registered-routes.ts';

@Controller()
class Sample {
  @Get('domain') domain(): never {
    throw new DomainError('invalid_path', 'the path is empty', 'p');
  }
  @Get('fault') fault(): never {
    throw new Error('secret detail');
  }
  @Get('big') big(): object {
    return { text: 'x'.repeat(5000) };
  }
  @Get('lines') @Header('content-type', 'application/x-ndjson') lines(@Res() reply: FastifyReply): void {
    void reply.send(Readable.from(['{"a":1}\n'.repeat(500), '{"end":true}\n']));
  }
  @Get('half') half(@Res() reply: FastifyReply): void {
    const body = Readable.from(
      (async function* () {
        yield 'x'.repeat(100_000);
        await sleep(20);
        throw new DomainError('internal', 'lost half way');
      })(),
    );
    void reply.type('application/octet-stream').send(body);
  }
  @Get('events') events(@Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write(': hello\n\n');
  }
  @Post('echo') echo(@Body() body: unknown): unknown {
    return { body, polluted: ({} as Record<string, unknown>)['polluted'] ?? null };
  }
  @Put('bytes') async bytes(@Req() request: FastifyRequest): Promise<object> {
    let length = 0;
    for await (const chunk of request.raw) length += (chunk as Buffer).length;
    return { length };
  }
  @Put('refuse') refuse(): never {
    throw new DomainError('too_large', 'no');
  }
  @Get('down/*') down(@Req() request: FastifyRequest): object {
    return { params: request.params };
  }
}

@Module({ controllers: [Sample] })
class SampleModule {}

describe('createServiceApp', () => {
  let app: NestFastifyApplication;
  let url: string;
  let folder: string;
  const log = (): Promise<string> => readFile(join(folder, 'log'), 'utf8');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'service-http-'));
    app = await createServiceApp(SampleModule, { name: 'sample', logLevel: 'debug', logFile: join(folder, 'log') });
    await app.listen(0, '127.0.0.1');
    url = (await app.getUrl()).replace('localhost', '127.0.0.1');
  });
  afterEach(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(url + path, { headers });
  const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/echo`, { method: 'POST', body: body as string, headers: { 'content-type': 'application/json', ...headers } });
  const errorOf = async (answer: Response): Promise<ErrorBody['error']> => ((await answer.json()) as ErrorBody).error;

  it('answers a domain error with the status and body of its code', async () => {
    const answer = await get('/domain');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: { code: 'invalid_path', message: 'the path is empty', path: 'p' } });
  });

  it('answers a fault with a request id only, and logs the whole error', async () => {
    const answer = await get('/fault', { 'x-request-id': 'req-1' });
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(answer.headers.get('x-request-id')).toBe('req-1');
    expect(text).toContain('req-1');
    expect(text).not.toContain('secret detail');
    expect(await log()).toContain('secret detail');
  });

  it.each([
    ['an unknown route', '/nothing', 404, 'not_found'],
    ['a malformed URL', '/%zz', 400, 'invalid_request'],
    ['a method that a route lacks', '/echo', 404, 'not_found'],
  ])('answers %s in the same shape', async (_, path, status, code) => {
    const answer = await get(path);
    expect([answer.status, (await errorOf(answer)).code]).toEqual([status, code]);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
  });

  it.each([
    ['cut JSON', '{"a":', 400],
    ['a prototype key', '{"__proto__":{"polluted":1}}', 400],
    ['a constructor with a prototype', '{"constructor":{"prototype":{"polluted":1}}}', 400],
    ['an escaped prototype key', '{"\\u005f_proto__":{"polluted":1}}', 400],
    ['bad UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400],
    ['more than 32 MiB', `"${'x'.repeat(33 * 1024 * 1024)}"`, 413],
  ])('refuses a body of %s', async (_, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect((await errorOf(answer)).code).toBe(status === 413 ? 'too_large' : 'invalid_request');
    expect(await (await post('{}')).json()).toEqual({ body: {}, polluted: null });
  });

  it('survives JSON 100,000 levels deep', async () => {
    expect((await post('['.repeat(100_000) + ']'.repeat(100_000))).status).toBeLessThan(600);
    expect((await post('{}')).status).toBe(201);
  });

  it('reads a compressed JSON body, and refuses one that grows beyond the limit', async () => {
    expect(await (await post(gzipSync('{"a":1}'), { 'content-encoding': 'gzip' })).json()).toMatchObject({ body: { a: 1 } });
    expect((await post(gzipSync(Buffer.alloc(40 * 1024 * 1024, 0x20)), { 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await post('{}', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('{}', { 'content-encoding': 'lzma' })).status).toBe(400);
  });

  it('refuses other content types, among them those of HTML forms', async () => {
    const answer = await post('a=1', { 'content-type': 'application/x-www-form-urlencoded' });
    expect((await errorOf(answer)).code).toBe('invalid_request');
  });

  it('hands octet streams on, however long', async () => {
    const body = Buffer.alloc(40 * 1024 * 1024, 1);
    const answer = await fetch(`${url}/bytes`, { method: 'PUT', body, headers: { 'content-type': 'application/octet-stream' } });
    expect(await answer.json()).toEqual({ length: body.length });
  });

  it('answers before the body of a refused upload has ended', async () => {
    const status = await new Promise((resolve, reject) => {
      const upload = httpRequest(`${url}/refuse`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' } });
      upload.on('response', (answer) => {
        upload.destroy();
        resolve(answer.statusCode);
      });
      upload.on('error', reject);
      upload.write('some');
    });
    expect(status).toBe(413);
  });

  it('compresses large JSON and NDJSON answers for those who take it', async () => {
    expect((await get('/big', { 'accept-encoding': 'gzip' })).headers.get('content-encoding')).toBe('gzip');
    expect((await get('/big', { 'accept-encoding': 'br' })).headers.get('content-encoding')).toBe('br');
    expect((await get('/big', { 'accept-encoding': 'identity' })).headers.get('content-encoding')).toBe(null);
    expect(await (await get('/big')).json()).toEqual({ text: 'x'.repeat(5000) });
    expect((await (await get('/lines')).text()).endsWith('{"end":true}\n')).toBe(true);
    expect((await get('/domain')).headers.get('content-encoding')).toBe(null);
  });

  it('cuts the connection when an answer fails half way', async () => {
    const answer = await get('/half');
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  it('hands a path with slashes and escapes over as one parameter', async () => {
    const long = `${'a'.repeat(200)}/${encodeURIComponent('ä b/%2e')}`;
    expect(await (await get(`/down/${long}`)).json()).toEqual({ params: { '*': decodeURIComponent(long) } });
  });

  it('refuses requests that a page of another origin makes a browser send [SEC-17]', async () => {
    expect((await get('/big', { origin: 'http://evil.example' })).status).toBe(403);
    expect((await get('/big', { origin: 'null' })).status).toBe(403);
    expect((await get('/big', { origin: url })).status).toBe(200);
  });

  it('logs each request once, without query and headers', async () => {
    await get('/big?token=abc', { authorization: 'Bearer abc', 'x-request-id': 'r2' });
    await expect.poll(log).toContain('"request_id":"r2"');
    const line = (await log()).split('\n').filter((text) => text.includes('"r2"'));
    expect(line).toHaveLength(1);
    expect(JSON.parse(line[0] as string)).toMatchObject({ service: 'sample', level: 'info', method: 'GET', path: '/big', status: 200 });
    expect(await log()).not.toContain('abc');
  });

  it('logs a request whose caller went away, as aborted', async () => {
    const controller = new AbortController();
    const answer = await fetch(`${url}/half`, { headers: { 'x-request-id': 'r3' }, signal: controller.signal });
    controller.abort();
    await answer.arrayBuffer().catch(() => undefined);
    await expect.poll(log).toMatch(/"request_id":"r3".*"aborted":true/);
  });

  it('replaces a request id that could forge a log line', async () => {
    expect((await get('/big', { 'x-request-id': 'a b"' })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers bytes that are not HTTP, or could be read in two ways, with an error body, and closes [SEC-14]', async () => {
    const post = 'POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';
    const ambiguous = [
      `${post}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${post}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `,
      `${post}transfer-encoding: chunked\r\n\r\nzz\r\n`,
      `${post}content-length: -1\r\n\r\n`,
      'GET /big HTTP/1.1\nhost: a\n x\n\n',
    ];
    const answers = [...ambiguous, 'GARBAGE\r\n\r\n', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(64 * 1024)}\r\n\r\n`].map(
      (bytes) =>
        new Promise<string>((resolve) => {
          let text = '';
          const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
          socket
            .on('data', (chunk) => (text += chunk))
            .on('close', () => resolve(text))
            .on('error', () => undefined);
        }),
    );
    const texts = await Promise.all(answers);
    const overflow = texts.pop();
    for (const text of texts) expect(text).toMatch(/^HTTP\/1.1 400 .*"invalid_request"/s);
    expect(overflow).toMatch(/^HTTP\/1.1 431 .*"invalid_request"/s);
  });

  it('closes within seconds though an event stream and an idle connection are open', async () => {
    const other = await createServiceApp(SampleModule, { name: 'sample', logLevel: 'error', quiet: true, allowedHosts: [] });
    await other.listen(0, '127.0.0.1');
    const events = await fetch(`${(await other.getUrl()).replace('localhost', '127.0.0.1')}/events`);
    const reader = (events.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const begun = Date.now();
    const ended = reader.read().catch(() => ({ done: true }));
    await other.close();
    expect(Date.now() - begun).toBeLessThan(8_000);
    expect((await ended).done).toBe(true);
  });

  it('knows its routes, to hold them against the documentation', () => {
    const responses = { 200: { description: 'ok' } };
    const route = { summary: '', tag: '', auth: 'none', responses } as const;
    const { undocumented, unregistered } = compareRoutes(app, [
      { ...route, method: 'GET', path: '/down/{path}' },
      { ...route, method: 'GET', path: '/gone' },
    ]);
    expect(undocumented).toContain('POST /echo');
    expect(undocumented).not.toContain('GET /down/{}');
    expect(unregistered).toEqual(['GET /gone']);
  });
});
