import { chmodSync, rmSync } from 'node:fs';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { PRODUCT_VERSION } from '@syncpair/contracts';
import type { DaemonControl } from '../daemon/control.ts';
import type { Logger } from '../log/logger.ts';
import { answerRequest } from './answer-request.ts';
import { lineSplitter } from './lines.ts';
import { type Greeting, MAX_REQUEST_BYTES } from './protocol.ts';
import { socketPathToListen } from './socket-path.ts';

/** The daemon's end of the socket, one for each folder it holds, all answering for the whole daemon. */
export interface ControlServer {
  /** The sockets it listens on; folders whose socket could not be had are left out, after a warning. */
  readonly paths: readonly string[];
  close(): Promise<void>;
}

export async function startControlServer(control: DaemonControl, localPaths: readonly string[], log: Logger): Promise<ControlServer> {
  const sockets = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, control, log);
  };
  const open: { readonly server: Server; readonly path: string }[] = [];
  for (const localPath of localPaths) {
    try {
      open.push(await listen(localPath, onSocket));
    } catch (error) {
      log.warn(`commands such as "syncpair status" cannot reach the client of ${localPath}: ${(error as Error).message}`);
    }
  }
  return {
    paths: open.map(({ path }) => path),
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(open.map(({ server }) => new Promise<void>((resolve) => server.close(() => resolve()))));
    },
  };
}

async function listen(localPath: string, onSocket: (socket: Socket) => void): Promise<{ server: Server; path: string }> {
  const path = socketPathToListen(localPath);
  // The caller holds the folder's lock, so a socket that nobody answers on was left behind by a killed daemon.
  if (process.platform !== 'win32') {
    if (await answers(path)) throw new Error(`another process listens on ${path}`);
    rmSync(path, { force: true });
  }
  const server = createServer(onSocket);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  server.on('error', () => undefined);
  return { server, path };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function serve(socket: Socket, control: DaemonControl, log: Logger): void {
  const send = (value: unknown): void => {
    if (socket.writable) socket.write(`${JSON.stringify(value)}\n`);
  };
  const take = lineSplitter(MAX_REQUEST_BYTES, (line) => void answerRequest(control, line).then(send));
  socket.on('error', (error) => log.debug(`a control connection broke: ${error.message}`));
  socket.on('data', (chunk) => {
    try {
      take(chunk);
    } catch (error) {
      log.debug(`a control connection was cut: ${(error as Error).message}`);
      socket.destroy();
    }
  });
  send({ syncpair: PRODUCT_VERSION, pid: process.pid } satisfies Greeting);
}
