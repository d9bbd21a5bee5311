import type { Socket } from 'node:net';
import { freeBytes } from '@syncpair/contracts';

/**
 * Gives back what a connection received as soon as Node's parser has copied out of it what it hands on. To be called once the parser listens:
 * with every request anew, for it must be the last to hear of the bytes.
 */
export function freeReceived(socket: Socket): void {
  socket.off('data', freeBytes).on('data', freeBytes);
}
