import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from '../harness/command.ts';
import { until } from '../harness/until.ts';

const execute = promisify(execFile);

/** Characters of a command's output. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/** What `docker inspect` tells of a container, as far as the tests read it. */
export interface Container {
  readonly Id: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Running: boolean;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly HostConfig: { readonly ReadonlyRootfs: boolean };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>;
  };
}

/** The checkout's docker-compose.yml under a project name of its own, so that it meets nothing that runs already. */
export class ComposeProject {
  readonly url: string;
  readonly #compose: readonly [string, ...string[]];
  readonly #name: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(compose: readonly [string, ...string[]], name: string, port: number) {
    this.#compose = compose;
    this.#name = name;
    this.url = `http://127.0.0.1:${port}`;
    // Images under a version of their own, too.
    this.#env = { ...process.env, SYNCPAIR_PORT: String(port), SYNCPAIR_VERSION: 'e2e' };
  }

  /** Runs a command of Compose. @throws {Error} with its output when it fails */
  async run(...args: string[]): Promise<string> {
    const [command, ...first] = this.#compose;
    return this.#execute(command, [...first, ...this.#options, ...args]);
  }

  docker(...args: string[]): Promise<string> {
    return this.#execute('docker', args);
  }

  /** Runs a command in a container, as the container's own user. */
  exec(service: string, ...command: string[]): Promise<string> {
    return this.run('exec', '-T', service, ...command);
  }

  /** Runs lines of a shell as a page shows them: `docker compose` means this project. Stops at the first that fails. */
  shell(script: string, cwd: string): Promise<string> {
    const words = [...this.#compose, ...this.#options].map((word) => `'${word}'`).join(' ');
    const compose = `docker() { if [ "$1" = compose ]; then shift; command ${words} "$@"; else command docker "$@"; fi; }`;
    return this.#execute('sh', ['-ec', `${compose}\n${script}`], cwd);
  }

  /** The containers of a service that exist, also those that have ended. */
  async containers(service: string): Promise<Container[]> {
    const listed = await this.docker(
      ...['ps', '--all', '--quiet', '--no-trunc'],
      ...['--filter', `label=com.docker.compose.project=${this.#name}`, '--filter', `label=com.docker.compose.service=${service}`],
    );
    const ids = listed.split('\n').filter((id) => id !== '');
    return ids.length === 0 ? [] : (JSON.parse(await this.docker('inspect', ...ids)) as Container[]);
  }

  /** The one container of a service. */
  async container(service: string): Promise<Container> {
    const [container] = await this.containers(service);
    if (container === undefined) throw new Error(`the service ${service} has no container`);
    return container;
  }

  /** Waits until all containers of a service are healthy. */
  healthy(service: string): Promise<true> {
    return until(
      `${service} is healthy`,
      async () => {
        const containers = await this.containers(service);
        return containers.length > 0 && containers.every(({ State }) => State.Health?.Status === 'healthy') ? true : undefined;
      },
      { within: 120_000, every: 300 },
    );
  }

  /** Runs a script in a new container of the client's image beside the gateway, as any user; the configuration is `/config.json` there. */
  inClientImage(user: string, config: string, script: string): Promise<string> {
    const place = ['--network', `${this.#name}_front`, '--read-only', '--tmpfs', '/tmp', '--volume', `${config}:/config.json:ro`];
    return this.docker('run', '--rm', '--user', user, ...place, '--entrypoint', 'sh', 'syncpair-client:e2e', '-ec', script);
  }

  logs(): Promise<string> {
    return this.run('logs', '--tail', '60');
  }

  /** Ends and removes everything: containers, networks and volumes. */
  async remove(): Promise<void> {
    await this.run('--profile', 'demo', 'down', '--volumes', '--timeout', '20');
  }

  get #options(): string[] {
    return ['--project-name', this.#name, '--file', `${ROOT}/docker-compose.yml`];
  }

  async #execute(command: string, args: readonly string[], cwd: string = ROOT): Promise<string> {
    try {
      return (await execute(command, args, { cwd, env: this.#env, maxBuffer: MAX_OUTPUT })).stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${[command, ...args].join(' ')} failed: ${(stderr + stdout).slice(-4_000)}`, { cause: error });
    }
  }
}
