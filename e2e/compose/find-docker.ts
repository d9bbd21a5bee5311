import { execFileSync } from 'node:child_process';

/** How Docker is called here, or why it is not. */
export type FoundDocker = { readonly compose: readonly [string, ...string[]] } | { readonly missing: string };

const COMPOSE_COMMANDS: readonly (readonly [string, ...string[]])[] = [['docker', 'compose'], ['docker-compose']];

/** Asks for a Docker that answers and for either form of Compose. */
export function findDocker(): FoundDocker {
  if (!runs('docker', ['--version'])) return { missing: 'there is no docker command' };
  if (!runs('docker', ['version'])) return { missing: 'no Docker daemon answers; start one, or set DOCKER_HOST' };
  const compose = COMPOSE_COMMANDS.find(([command, ...args]) => runs(command, [...args, 'version']));
  return compose === undefined ? { missing: 'Docker has no Compose' } : { compose };
}

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    // Not there, or there and of no use: both mean that it cannot be used.
    return false;
  }
}
