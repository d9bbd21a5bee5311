import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ClientProcess } from '../harness/client-process.ts';
import { ROOT, assertBuilt } from '../harness/command.ts';
import { Ledger } from '../harness/ledger.ts';
import { removeWhenWeEnd } from '../harness/remove-when-we-end.ts';
import { stabilise } from '../harness/stabilise.ts';
import { until } from '../harness/until.ts';
import { ComposeProject } from './compose-project.ts';
import { findDocker } from './find-docker.ts';
import { freePort } from './free-port.ts';
import { writeDuring } from './writer.ts';

const docker = findDocker();
const missing = 'missing' in docker ? docker.missing : null;
const SERVER = ['postgres', 'blob', 'metadata', 'gateway'] as const;
/** Milliseconds in which clients settle after a fault: they wait up to 30 s between two tries. */
const SETTLES = { within: 120_000 };

const contentOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};

/** The lines of docs/deployment.md that are marked with a name. */
const shownLines = (name: string): string => {
  const page = readFileSync(join(ROOT, 'docs', 'deployment.md'), 'utf8');
  const found = page.split(`<!-- run: ${name} -->`)[1]?.split('```')[1];
  if (found === undefined) throw new Error(`docs/deployment.md marks no lines with ${name}`);
  return found.slice(found.indexOf('\n') + 1);
};

describe.skipIf(missing !== null)(`docker-compose.yml${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let project: ComposeProject;
  let folder: string;
  let alice: ClientProcess;
  let bob: ClientProcess;
  const ledger = new Ledger();

  const client = (id: string): ClientProcess =>
    // A scan so rare that only events can bring a change in time.
    new ClientProcess({ id, server: project.url, home: join(folder, id), directory: 'team', settings: { sync_interval_seconds: 3_600 } });
  const settle = async (): Promise<void> => {
    await stabilise([alice, bob], SETTLES);
    await ledger.settled(alice.folder);
  };

  beforeAll(async () => {
    if ('missing' in docker) return;
    assertBuilt();
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'syncpair-compose-')));
    removeWhenWeEnd(folder, { keep: false });
    project = new ComposeProject(docker.compose, `syncpair-e2e-${process.pid}`, await freePort());
    await project.run('--profile', 'demo', 'build');
    await project.run('up', '--detach');
    for (const service of SERVER) await project.healthy(service);
    alice = client('alice');
    bob = client('bob');
    await Promise.all([alice.start(), bob.start()]);
  });

  beforeEach(({ onTestFailed }) => {
    onTestFailed(async () => console.error([alice.log.slice(-4_000), bob.log.slice(-4_000), await project.logs()].join('\n---\n')));
  });

  afterAll(async () => {
    if (missing !== null) return;
    await Promise.all([alice, bob].map((one) => (one.isRunning ? one.stop() : null)));
    await project.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('only the gateway is published, on loopback, and no service runs as root or can write to its image', async () => {
    for (const service of SERVER) {
      const { NetworkSettings } = await project.container(service);
      const hosts = Object.values(NetworkSettings.Ports).flatMap((published) => (published ?? []).map(({ HostIp }) => HostIp));
      expect([service, hosts]).toEqual([service, service === 'gateway' ? ['127.0.0.1'] : []]);
    }
    for (const service of ['blob', 'metadata', 'gateway']) {
      expect([service, (await project.exec(service, 'id', '-u')).trim()]).toEqual([service, '1000']);
      expect((await project.container(service)).HostConfig.ReadonlyRootfs).toBe(true);
    }
  });

  test('each path reaches the service that answers it', async () => {
    const status = async (path: string): Promise<number> => (await fetch(project.url + path)).status;
    expect(await (await fetch(`${project.url}/health`)).json()).toMatchObject({ status: 'ok', database: 'ok', contents: 'ok' });
    expect(await (await fetch(`${project.url}/blobs/keys`)).json()).toHaveProperty('keys');
    expect(await (await fetch(`${project.url}/openapi.json`)).json()).toHaveProperty('openapi');
    expect(await status('/api/v1/keys')).toBe(200);
    expect(await status('/blobs/health')).toBe(200);
    expect(await status('/nothing')).toBe(404);
  });

  test('the client runs in a container as a user that the container does not know', async () => {
    writeFileSync(alice.at('for anybody.txt'), 'for anybody\n');
    ledger.wrote('for anybody\n', 'what a container reads');
    await settle();
    const config = join(folder, 'container.json');
    const directories = [{ name: 'team', local_path: '/tmp/team', settings: { shared: true } }];
    writeFileSync(config, JSON.stringify({ client_id: 'container', server: 'http://gateway:8080', directories }));
    const script = 'mkdir /tmp/team; syncpair client --once --file /config.json; cat "/tmp/team/for anybody.txt"';
    expect(await project.inClientImage('54321:54321', config, script)).toBe('for anybody\n');
  });

  test('two clients sync through the gateway, small and large, and events arrive at once', async () => {
    const large = randomBytes(30 * 1024 * 1024);
    writeFileSync(alice.at('large.bin'), large);
    ledger.wrote(large, 'a large file');
    writeFileSync(bob.at('note.txt'), 'from bob\n');
    ledger.wrote('from bob\n', 'a small file');
    await settle();
    expect(readFileSync(bob.at('large.bin')).equals(large)).toBe(true);

    const before = performance.now();
    writeFileSync(alice.at('quick.txt'), 'quick\n');
    await until('the event arrives', () => (contentOf(bob.at('quick.txt')) === 'quick\n' ? true : undefined), { within: 20_000 });
    console.log(`a change took ${Math.round(performance.now() - before)} ms to the other client`);
    ledger.wrote('quick\n', 'a file that an event brought');
  });

  test.each(SERVER)('%s is restarted under load: nothing is lost, and the clients go on', async (service) => {
    const { State } = await project.container(service);
    await writeDuring([alice, bob], ledger, `restart ${service}`, project.run('restart', service));
    expect((await project.container(service)).State.StartedAt).not.toBe(State.StartedAt);
    await settle();
    expect(await ledger.missing(bob, project.url)).toEqual([]);
  });

  test.each(SERVER)('%s is killed under load: nothing is lost, and the clients go on', async (service) => {
    const killAndStart = async (): Promise<void> => {
      const { Id } = await project.container(service);
      await project.docker('kill', Id);
      expect((await project.container(service)).State).toMatchObject({ Running: false, ExitCode: 137 });
      await project.docker('start', Id);
      await project.healthy(service);
    };
    await writeDuring([alice, bob], ledger, `kill ${service}`, killAndStart());
    await settle();
    expect(await ledger.missing(bob, project.url)).toEqual([]);
  });

  test('everything is killed at once and comes back by `up`', async () => {
    const killAll = async (): Promise<void> => {
      await project.run('kill');
      await project.run('up', '--detach');
    };
    await writeDuring([alice, bob], ledger, 'kill all', killAll());
    await settle();
    expect(await ledger.missing(bob, project.url)).toEqual([]);
  });

  test.each(['blob', 'metadata'])('%s that ends by itself is started again', async (service) => {
    const { Id, RestartCount } = await project.container(service);
    await project.exec(service, 'node', '-e', 'process.kill(1, "SIGTERM")');
    await until('it was started again', async () => ((await project.container(service)).RestartCount > RestartCount ? true : undefined));
    await project.healthy(service);
    expect((await project.container(service)).Id).toBe(Id);
  });

  test('two replicas of metadata serve the clients, and one may be killed', async () => {
    await project.run('up', '--detach', '--scale', 'metadata=2');
    await project.healthy('metadata');
    await writeDuring([alice, bob], ledger, 'two replicas', Promise.resolve());
    await settle();
    const [first] = await project.containers('metadata');
    if (first === undefined) throw new Error('there is no replica');
    await writeDuring([alice, bob], ledger, 'one replica killed', project.docker('kill', first.Id));
    await settle();
    expect(await ledger.missing(bob, project.url)).toEqual([]);
    await project.run('up', '--detach', '--scale', 'metadata=1');
    await project.healthy('metadata');
  });

  test('containers end by SIGTERM, and the volumes bring everything back', async () => {
    await project.run('stop');
    for (const service of SERVER) expect([service, (await project.container(service)).State.ExitCode]).toEqual([service, 0]);
    await project.run('down');
    await project.run('up', '--detach');
    const carol = client('carol');
    await carol.start();
    try {
      await stabilise([alice, bob, carol], SETTLES);
      expect(await ledger.missing(carol, project.url)).toEqual([]);
    } finally {
      await carol.stop();
    }
  });

  test('a backup is restored by the lines of the page: its history is there, and so is what clients wrote since', async () => {
    await project.shell(shownLines('backup'), folder);
    const since = randomBytes(5_000).toString('hex');
    writeFileSync(alice.at('since the backup.txt'), since);
    await stabilise([alice, bob], SETTLES);
    await project.remove();
    await project.shell(shownLines('restore'), folder);
    await stabilise([alice, bob], SETTLES);
    const dave = client('dave');
    await dave.start();
    try {
      await stabilise([alice, bob, dave], SETTLES);
      expect(contentOf(dave.at('since the backup.txt'))).toBe(since);
      expect(await ledger.missing(dave, project.url)).toEqual([]);
    } finally {
      await dave.stop();
    }
  });

  test('the demo has two clients in containers that share a folder', async () => {
    await project.run('--profile', 'demo', 'up', '--detach');
    for (const service of ['alice', 'bob']) await project.healthy(service);
    await project.exec('alice', 'sh', '-c', 'echo hello from a container > /sync/hello.txt');
    const seen = (): Promise<string> => project.exec('bob', 'cat', '/sync/hello.txt').catch(() => '');
    await until('bob has it', async () => ((await seen()) === 'hello from a container\n' ? true : undefined));
    await until('the host has it', () => (contentOf(alice.at('hello.txt')) === 'hello from a container\n' ? true : undefined));
    await project.run('--profile', 'demo', 'restart', 'alice');
    writeFileSync(bob.at('from-the-host.txt'), 'from the host\n');
    const answer = (): Promise<string> => project.exec('alice', 'cat', '/sync/from-the-host.txt').catch(() => '');
    await until('alice has it', async () => ((await answer()) === 'from the host\n' ? true : undefined));
    await project.run('--profile', 'demo', 'stop', 'alice', 'bob');
    for (const service of ['alice', 'bob']) expect((await project.container(service)).State.ExitCode).toBe(0);
  });
});
