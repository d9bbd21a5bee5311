import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeHttpServer, answerJson, fakeHttpServer } from './fake-http-server.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
/** Bytes above what the process had before: buffers of the socket, and garbage not yet collected. */
const ROOM = 160 * MIB;

let fake: FakeHttpServer;
let child: ChildProcess;
/** Bytes of what is downloaded next. */
let sizes: number[];
let received: number;

beforeEach(async () => {
  sizes = [MIB, GIB];
  received = 0;
  fake = await fakeHttpServer();
  fake.play(async (request, response) => {
    if (request.url === '/api/v1/grants') return answerJson(response, { grants: [{ hashes: ['0'.repeat(64)], grant: 'grant' }] });
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': sizes[0] });
      return writeZeros(sizes.shift() ?? 0, response);
    }
    for await (const chunk of request) received += (chunk as Buffer).length;
    answerJson(response, { receipt: 'receipt', stored: 1 }, 201);
  });
});
afterEach(async () => {
  child.kill();
  await fake.close();
});

async function writeZeros(size: number, to: NodeJS.WritableStream): Promise<void> {
  const zeros = Buffer.alloc(MIB / 4);
  for (let left = size; left > 0; left -= zeros.length) if (!to.write(zeros)) await once(to, 'drain');
  to.end();
}

/** The transfer runs in a process of its own, so that the memory is that of it alone. */
test.each(['upload', 'download'])('memory stays flat while a gibibyte is carried: %s', { timeout: 300_000 }, async (way) => {
  const script = fileURLToPath(new URL('./flat-memory.process.ts', import.meta.url));
  child = fork(script, [way, fake.url, String(GIB)], { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const [result] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [{ before: number; most: number; bytes: number }];
  process.stdout.write(`${way}: ${Math.round(result.before / MIB)} MiB before, ${Math.round(result.most / MIB)} MiB at most\n`);
  expect(result.bytes).toBe(GIB);
  if (way === 'upload') expect(received).toBe(GIB + MIB);
  expect(result.most - result.before).toBeLessThan(ROOM);
});
