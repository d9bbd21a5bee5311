import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GRANT_HEADER,
  encodeBatchPreamble,
  encodeFrameHeader,
  generateSigningKeyPem,
  publicKeyOf,
  readSigningKey,
  receiptClaimsSchema,
  signClaims,
} from '@syncpair/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashOf } from './blobs/blob-store.conformance.ts';

const root = join(import.meta.dirname, '../../..');
const main = join(import.meta.dirname, '../dist/main.js');
const BYTES = { 'content-type': 'application/octet-stream' };

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the blob service as a process', () => {
  const signer = readSigningKey(generateSigningKeyPem());
  let metadata: Server;
  let folder: string;
  let port: number;
  let child: ChildProcess | null;
  let log: string;

  beforeAll(async () => {
    execFileSync(process.execPath, ['tools/build.ts', 'services/blob'], { cwd: root });
    metadata = createServer((_, response) => response.end(JSON.stringify({ keys: [publicKeyOf(signer.privateKey)] })));
    await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    metadata.closeAllConnections();
    metadata.close();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blob-process-'));
    port = await freePort();
    child = null;
    log = '';
  });
  afterEach(async () => {
    if (child !== null && child.exitCode === null && child.signalCode === null) await end('SIGKILL');
    await rm(folder, { recursive: true });
  });

  const start = (change: Record<string, string> = {}): ChildProcess => {
    const env = {
      PATH: process.env['PATH'],
      SYNCPAIR_BLOB_PORT: String(port),
      SYNCPAIR_BLOB_DIR: join(folder, 'store'),
      SYNCPAIR_METADATA_URL: `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`,
      ...change,
    };
    child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    return child;
  };
  const ended = (of: ChildProcess): Promise<number | string> =>
    new Promise((resolve) => of.once('close', (code, signal) => resolve(code ?? (signal as string))));
  const end = async (signal: NodeJS.Signals): Promise<number | string> => {
    const result = ended(child as ChildProcess);
    child?.kill(signal);
    return result;
  };
  const url = (): string => `http://127.0.0.1:${port}`;
  const ready = (): Promise<void> =>
    expect
      .poll(
        async () =>
          fetch(`${url()}/health`).then(
            (answer) => answer.status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200);
  const grant = (use: string, contents: { hash: string; location?: string }[]): string =>
    signClaims(signer, { use, who: 'alice', contents, expires: Date.now() + 60_000 });

  it('ends with 2 and one line a mistake when it is configured wrongly', async () => {
    const running = start({ SYNCPAIR_BLOB_PORT: 'x', SYNCPAIR_METADATA_URL: '' });
    expect(await ended(running)).toBe(2);
    expect(log.trim().split('\n')).toEqual([
      'syncpair blob: SYNCPAIR_BLOB_PORT: not a port',
      expect.stringContaining('syncpair blob: SYNCPAIR_METADATA_URL: it is not set'),
    ]);
  });

  it('ends with 2 and names the folder when that cannot be used', async () => {
    await writeFile(join(folder, 'store'), 'a file');
    expect(await ended(start())).toBe(2);
    expect(log).toContain(`SYNCPAIR_BLOB_DIR: the folder ${join(folder, 'store')} cannot be used`);
    expect(log).not.toMatch(/^\s+at /m);
  });

  it('stops on SIGTERM within seconds, though a connection is open', async () => {
    start();
    await ready();
    expect((await stat(join(folder, 'store'))).mode & 0o077).toBe(0);
    expect(await end('SIGTERM')).toBe(0);
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { service: string; msg: string });
    expect(lines.map(({ service }) => service)).toEqual(lines.map(() => 'blob'));
    // One line that says where it listens, and not one for each module and route.
    expect(lines.map(({ msg }) => msg)).toEqual([expect.stringContaining(`:${port}`)]);
  });

  it('I11, I12: serves everything that it acknowledged, however often it was killed meanwhile (R33)', async () => {
    const acknowledged = new Map<string, string>();
    let sent = 0;
    const uploadOne = async (): Promise<void> => {
      const blobs = Array.from({ length: sent % 3 === 0 ? 1 : 40 }, () => randomBytes(sent % 3 === 0 ? 300_000 : 2_000)).map((bytes) => ({
        hash: hashOf(bytes),
        bytes,
      }));
      sent++;
      const token = grant(
        'write',
        blobs.map(({ hash }) => ({ hash })),
      );
      const [first] = blobs as [(typeof blobs)[0]];
      const answer =
        blobs.length === 1
          ? await fetch(`${url()}/blobs/${first.hash}`, { method: 'PUT', body: first.bytes, headers: { ...BYTES, [GRANT_HEADER]: token } })
          : await fetch(`${url()}/blobs/batch`, {
              method: 'POST',
              body: Buffer.concat([
                encodeBatchPreamble([token]),
                ...blobs.flatMap(({ hash, bytes }) => [encodeFrameHeader(hash, bytes.length), bytes]),
              ]),
              headers: BYTES,
            });
      const { receipt } = (await answer.json()) as { receipt: string };
      const claims = receiptClaimsSchema.parse(JSON.parse(Buffer.from(receipt.split('.')[1] as string, 'base64url').toString()));
      for (const { hash, location } of claims.contents) acknowledged.set(hash, location);
    };
    for (let round = 0; round < 3; round++) {
      start();
      await ready();
      let alive = true;
      const uploads = Array.from({ length: 4 }, async () => {
        while (alive) await uploadOne().catch(() => sleep(5));
      });
      await sleep(200 + round * 150);
      await end('SIGKILL');
      alive = false;
      await Promise.all(uploads);
    }
    start();
    await ready();
    expect(acknowledged.size).toBeGreaterThan(50);
    for (const [hash, location] of acknowledged) {
      const answer = await fetch(`${url()}/blobs/${hash}`, { headers: { [GRANT_HEADER]: grant('read', [{ hash, location }]) } });
      expect([answer.status, hashOf(new Uint8Array(await answer.arrayBuffer()))]).toEqual([200, hash]);
    }
    const packs = (await readdir(join(folder, 'store', 'packs'))).filter((name) => name.endsWith('.pack'));
    expect(packs.length).toBeLessThanOrEqual(3);
    expect(log).not.toContain('"level":"error"');
  });
});
