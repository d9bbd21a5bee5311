import { type Socket, connect } from 'node:net';
import { ControlError, type DaemonControl } from '../daemon/control.ts';
import { Connection, DaemonSilentError, SILENCE_MS } from './connection.ts';
import type { Method } from './protocol.ts';
import { socketPathsToTry } from './socket-path.ts';

/** The running daemon, spoken to over its socket. */
export interface RemoteControl extends DaemonControl {
  /** The daemon's process. */
  readonly pid: number;
  close(): void;
}

/**
 * The daemon that holds one of these folders, or null when none runs.
 *
 * @throws {DaemonSilentError} when there is one that does not answer.
 */
export async function connectControl(localPaths: readonly string[], silenceMs = SILENCE_MS): Promise<RemoteControl | null> {
  for (const path of new Set(localPaths.flatMap((localPath) => socketPathsToTry(localPath)))) {
    const socket = await dial(path);
    if (socket === null) continue;
    const connection = new Connection(socket, silenceMs);
    return remoteControl(connection, (await connection.greeting()).pid);
  }
  return null;
}

function dial(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null);
      // The queue of waiting connections is full: nobody takes them.
      else if (error.code === 'EAGAIN') reject(new DaemonSilentError(null));
      else reject(new ControlError(`the client's control socket ${path} cannot be used: ${error.message}`));
    });
  });
}

function remoteControl(connection: Connection, pid: number): RemoteControl {
  // What comes over the socket of our own user and version is trusted to have the shape that the interface promises.
  const call = async <T>(method: Method, ...params: readonly unknown[]): Promise<T> => (await connection.call(method, params)) as T;
  return {
    pid,
    close: () => connection.close(),
    status: () => call('status'),
    flush: (directories) => call('flush', directories),
    plan: () => call('plan'),
    why: (path) => call('why', path),
    holds: () => call('holds'),
    approveHold: (id) => call('approveHold', id),
    rejectHold: (id) => call('rejectHold', id),
    join: (directories) => call('join', directories),
    syncNow: () => call('syncNow'),
  };
}
