import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PublicKeyJson, generateSigningKeyPem, publicKeyOf, readSigningKey } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RemoteGrantKeys } from './remote-grant-keys.ts';

const newKey = (): PublicKeyJson => publicKeyOf(readSigningKey(generateSigningKeyPem()).privateKey);

describe('RemoteGrantKeys', () => {
  let server: Server;
  let asked: number;
  let answer: () => { status: number; body: string };
  let now: number;
  let keys: RemoteGrantKeys;
  const reports: string[] = [];
  const publish = (...published: PublicKeyJson[]): void => {
    answer = () => ({ status: 200, body: JSON.stringify({ keys: published }) });
  };

  beforeEach(async () => {
    asked = 0;
    now = 1_000_000;
    server = createServer((request, response) => {
      asked++;
      const { status, body } = request.url === '/api/v1/keys' ? answer() : { status: 404, body: '' };
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    keys = new RemoteGrantKeys(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      () => now,
      (problem) => reports.push(problem),
    );
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('asks once for a key and keeps it, also while metadata is down', async () => {
    const key = newKey();
    publish(key);
    const found = await Promise.all([keys.find(key.id), keys.find(key.id)]);
    expect(found.map((one) => one?.asymmetricKeyType)).toEqual(['ed25519', 'ed25519']);
    expect(asked).toBe(1);
    answer = () => ({ status: 503, body: '' });
    now += 10 * 60_000;
    expect(await keys.find(key.id)).not.toBe(null);
  });

  it('asks again for an unknown key, but not more than once a second', async () => {
    publish(newKey());
    expect(await keys.find('unknown')).toBe(null);
    const next = newKey();
    publish(next);
    for (let turn = 0; turn < 20; turn++) expect(await keys.find(`made-up-${turn}`)).toBe(null);
    expect(asked).toBe(1);
    now += 1_001;
    expect(await keys.find(next.id)).not.toBe(null);
    expect(asked).toBe(2);
  });

  it('forgets a key that is no longer published', async () => {
    const [old, next] = [newKey(), newKey()];
    publish(old);
    await keys.find(old.id);
    publish(next);
    now += 6 * 60_000;
    await keys.find(old.id);
    await expect.poll(() => keys.find(old.id)).toBe(null);
  });

  it('tries again, and says when it cannot know', async () => {
    const key = newKey();
    let failures = 2;
    answer = () => (failures-- > 0 ? { status: 500, body: 'broken' } : { status: 200, body: JSON.stringify({ keys: [key] }) });
    expect(await keys.find(key.id)).not.toBe(null);
    answer = () => ({ status: 200, body: '{"keys":[{"id":"x","pem":"not a key"}]}' });
    now += 2_000;
    await expect(keys.find('other')).rejects.toMatchObject({ code: 'unavailable' });
    expect(reports).toContain('the keys of the metadata service cannot be read');
  });
});
