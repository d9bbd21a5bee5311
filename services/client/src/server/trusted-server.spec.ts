import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttp, requestJson } from './http.ts';

/** Of `localhost`, signed by itself, good until 2126; made for this test and used nowhere else. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUAoET7N/AhAp0L+2o+Vbhg4ISz48wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDA5MjM0NloYDzIxMjYxMDMx
MDkyMzQ2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQKoa/X+o2yTZob91TbumzW/itie8RfejTmk0bSr6qP9gAmFmwigz/m
/J6+rRVz5Pmmc40GxhoZ77pqvAW5Ewyyo2kwZzAdBgNVHQ4EFgQULnkWO0L+BpRy
Lzv0/VLHbBaM82EwHwYDVR0jBBgwFoAULnkWO0L+BpRyLzv0/VLHbBaM82EwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhAN01aGaXxqAmSN+T4PG6N32r130AnWD7dkqEoh9RlhfYAiEA8GTHWTXV
jEC6UM7DmknttQ79k653u1r8cy1LPX8sYl8=
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIG2Do7libxE5g4hmXTwbkF5gJwA+mBuYmEV+DHeBUceooAoGCCqGSM49
AwEHoUQDQgAECqGv1/qNsk2aG/dU27ps1v4rYnvEX3o05pNG0q+qj/YAJhZsIoM/
5vyevq0Vc+T5pnONBsYaGe+6arwFuRMMsg==
-----END EC PRIVATE KEY-----`;

let folder: string;
let server: Server;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syncpair-trust-'));
  await writeFile(join(folder, 'authorities.pem'), CERTIFICATE);
  // Where Linux machines are told which authorities they trust.
  process.env['SSL_CERT_FILE'] = join(folder, 'authorities.pem');
  server = createServer({ cert: CERTIFICATE, key: KEY }, (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'),
  );
  await new Promise<void>((resolve) => server.listen(0, resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const ask = (host: string): Promise<unknown> => requestJson(createHttp(`https://${host}:${port}`), { method: 'GET', path: '/' });

test.skipIf(process.platform !== 'linux')('an authority that the machine trusts is trusted', async () => {
  expect(await ask('localhost')).toEqual({ ok: true });
});

test('a certificate for another address is refused, with what to do', async () => {
  await expect(ask('127.0.0.1')).rejects.toMatchObject({
    name: 'ServerError',
    code: 'unreachable',
    message: expect.stringMatching(/^the server's certificate is not trusted: .*; let this machine trust/),
  });
});
