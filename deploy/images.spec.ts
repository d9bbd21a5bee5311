import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT, VERSION, readText } from './fixtures/checkout.ts';
import { SERVICE_NAMES, SERVICE_SETTINGS } from './fixtures/service-settings.ts';

interface ComposeService {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
}

const dockerfile = readText('deploy/Dockerfile');
const compose = parse(readText('docker-compose.yml'), { merge: true }) as { services: Record<string, ComposeService> };
/** `${NAME:-default}` gives its default, as with an empty environment. */
const byDefault = (text: string): string => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
/** The lines of a stage of the Dockerfile. */
const stage = (name: string): string => {
  const found = dockerfile
    .split(/^(?=FROM )/m)
    .find((text) => text.startsWith('FROM ') && new RegExp(`^FROM .* AS ${name}$`, 'm').test(text));
  if (found === undefined) throw new Error(`the Dockerfile has no stage ${name}`);
  return found.replaceAll('\\\n', ' ');
};

describe('deploy/Dockerfile', () => {
  it('keeps to what every builder understands', () => {
    expect(dockerfile).not.toMatch(/^#\s*syntax=|--mount=|--link\b|<<[A-Z'"-]|--checksum=|--exclude=/m);
  });
  it.each(['metadata', 'blob', 'client', 'gateway'])(
    '%s carries its version, is no root, is checked, and ends by a signal [SEC-20]',
    (target) => {
      const text = stage(target);
      expect(text).toContain(`ARG VERSION=${VERSION}\n`);
      expect(text).toContain('org.opencontainers.image.version="${VERSION}"');
      expect(text).toMatch(/^USER 1000:1000$/m);
      expect(text).toMatch(/^HEALTHCHECK .*CMD \["/m);
      expect(text).toMatch(/^CMD \[".*\]$/m);
    },
  );
  it.each(SERVICE_NAMES)('%s holds as little memory as the command does', (service) => {
    const command = readText('services/client/bin/syncpair');
    const told = [...command.matchAll(/\b(MALLOC_\w+):=(\d+)/g)].map(([, name, value]) => `${name}=${value}`);
    expect(told).toHaveLength(3);
    expect(stage(service).match(/\bMALLOC_\w+=\d+/g)).toEqual(told);
  });
  it.each(SERVICE_NAMES)('%s needs no more than its addresses, and exposes the port it listens on', (service) => {
    const set = Object.fromEntries(
      [...stage(service).matchAll(/\b(SYNCPAIR_\w+)=(\S+)/g)].map(([, name, value]) => [name, value as string]),
    );
    expect([...SERVICE_SETTINGS[service].names]).toEqual(expect.arrayContaining(Object.keys(set)));
    const config = SERVICE_SETTINGS[service].parse({ ...SERVICE_SETTINGS[service].needed, ...set });
    if (!config.ok) throw new Error(config.reason);
    expect(config.value.host).toBe('0.0.0.0');
    expect(stage(service)).toContain(`EXPOSE ${config.value.port}\n`);
    expect(stage(service)).toMatch(new RegExp(`SYNCPAIR_${service.toUpperCase()}_PORT \\|\\| ${config.value.port}`));
  });
});

describe('docker-compose.yml', () => {
  it('publishes the gateway alone, on loopback', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, byDefault(port)]));
    expect(published).toEqual([['gateway', '127.0.0.1:8080:8080']]);
  });
  it.each(SERVICE_NAMES)('gives %s settings that it reads, and addresses that lead to a service', (service) => {
    const { environment = {} } = compose.services[service] as ComposeService;
    expect([...SERVICE_SETTINGS[service].names]).toEqual(expect.arrayContaining(Object.keys(environment)));
    const settings = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, byDefault(value)]));
    const config = SERVICE_SETTINGS[service].parse({ SYNCPAIR_BLOB_DIR: '/data', ...settings });
    if (!config.ok) throw new Error(config.reason);
    for (const url of Object.values(settings).filter((value) => value.includes('://')))
      expect(Object.keys(compose.services)).toContain(new URL(url).hostname);
  });
  it('builds targets of the Dockerfile, and names images by the version', () => {
    for (const [name, { build, image }] of Object.entries(compose.services)) {
      if (build === undefined) continue;
      expect(stage(build.target)).toContain(` AS ${build.target}\n`);
      expect([name, byDefault(image)]).toEqual([name, `syncpair-${build.target}:${VERSION}`]);
    }
  });
  it('keeps the images as they are, and binds only files of the checkout', () => {
    for (const [name, { build, read_only: readOnly, volumes = [] }] of Object.entries(compose.services)) {
      if (build !== undefined) expect([name, readOnly]).toEqual([name, true]);
      for (const [source = ''] of volumes.map((volume) => volume.split(':')))
        if (source.startsWith('.')) expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
    }
  });
});
