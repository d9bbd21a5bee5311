import { describe, expect, it } from 'vitest';
import { refuseForeignPage } from './foreign-page.ts';

describe('SEC-17: refuseForeignPage', () => {
  it.each([
    ['no browser', { host: 'a:80' }, undefined, true],
    ['the same origin', { host: 'a:80', origin: 'http://a:80' }, undefined, true],
    ['the same origin behind a proxy', { host: 'inner', 'x-forwarded-host': 'outer', origin: 'https://outer' }, undefined, true],
    ['another origin', { host: 'a:80', origin: 'http://b:80' }, undefined, false],
    ['another port', { host: 'a:80', origin: 'http://a:81' }, undefined, false],
    ['a page without an origin', { host: 'a:80', origin: 'null' }, undefined, false],
    ['localhost', { host: 'localhost:8080' }, [], true],
    ['an address', { host: '127.0.0.1:8080' }, [], true],
    ['an IPv6 address', { host: '[::1]:8080' }, [], true],
    ['an allowed name', { host: 'sync.example:8080' }, ['sync.example'], true],
    ['a name that resolves here by a trick', { host: 'evil.example:8080', origin: 'http://evil.example:8080' }, [], false],
    ['such a name with a header that only a proxy should send', { host: 'evil.example', 'x-forwarded-host': 'localhost' }, [], false],
    ['no host', {}, [], false],
    ['a host that is none', { host: 'a b' }, [], false],
  ])('%s', (_, headers, allowedHosts, passes) => {
    expect(refuseForeignPage(headers, allowedHosts)?.code ?? 'passes').toBe(passes ? 'passes' : 'forbidden');
  });
});
