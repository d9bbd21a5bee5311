import type { Socket } from 'node:net';

/** Milliseconds in which an answer that the peer sent before it closed must be found. */
const GRACE_MS = 1_000;
const PEER_CLOSED = new Set(['EPIPE', 'ECONNRESET', 'ECONNABORTED']);
const prepared = new WeakSet<Socket>();

type WriteCallback = (error?: Error | null) => void;

/**
 * Lets a socket read what the peer said last when a write fails because the peer has closed.
 *
 * A server that refuses an upload answers and closes while bytes are still on their way to it. Node destroys a socket at its first failed
 * write, and with it the answer that lies in the receive buffer; so the failure is told a little later.
 */
export function answerBeforeFailure(socket: Socket): void {
  if (prepared.has(socket)) return;
  prepared.add(socket);
  const write = socket._write.bind(socket);
  socket._write = (chunk, encoding, callback) => write(chunk, encoding, delayed(socket, callback));
  const writev = socket._writev?.bind(socket);
  if (writev !== undefined) socket._writev = (chunks, callback) => writev(chunks, delayed(socket, callback));
}

function delayed(socket: Socket, callback: WriteCallback): WriteCallback {
  return (error) => {
    if (!error || !PEER_CLOSED.has((error as NodeJS.ErrnoException).code ?? '')) return callback(error);
    const tell = (): void => {
      clearTimeout(timer);
      socket.off('close', tell);
      callback(error);
    };
    const timer = setTimeout(tell, GRACE_MS);
    socket.once('close', tell);
  };
}
