import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from './faults.ts';

/** Bytes that may lie in one direction, so that a delay does not limit how much is on its way. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;
/** Milliseconds between two looks whether a black hole has ended. */
const LOOK_AGAIN_MS = 10;

export interface LaneRules {
  /** As they are now. */
  faults(): Faults;
  cutAfter(faults: Faults): number | null;
  flipAt(faults: Faults): number | null;
  /** Bytes come in; false stops them and everything after. */
  onArrival(chunk: Buffer): boolean;
  /** Bytes were handed on. */
  onPassed(bytes: number): void;
  /** The end of the whole connection, both ways at once. */
  reset(): void;
}

/** Carries bytes from one socket to another, with faults. Resolves when no more will pass. */
export async function runLane(from: Socket, to: Socket, rules: LaneRules): Promise<void> {
  const held: { due: number; bytes: Buffer }[] = [];
  let heldBytes = 0;
  let ended = false;
  let wake = Promise.withResolvers<null>();
  from.on('data', (bytes: Buffer) => {
    if (!rules.onArrival(bytes)) return;
    held.push({ due: performance.now() + rules.faults().delayMs, bytes });
    heldBytes += bytes.length;
    if (heldBytes > MAX_HELD_BYTES) from.pause();
    wake.resolve(null);
  });
  for (const event of ['end', 'close'] as const) {
    from.on(event, () => {
      ended = true;
      wake.resolve(null);
    });
  }
  to.on('close', () => wake.resolve(null));

  for (let offset = 0; !to.destroyed;) {
    const next = held.shift();
    if (next === undefined) {
      if (ended) break;
      wake = Promise.withResolvers();
      await wake.promise;
      continue;
    }
    await until(next.due);
    offset = await pass(to, next.bytes, offset, rules);
    heldBytes -= next.bytes.length;
    if (heldBytes <= MAX_HELD_BYTES && from.isPaused()) from.resume();
  }
  to.end();
}

/** Hands bytes on piece by piece; returns the offset after them. */
async function pass(to: Socket, bytes: Buffer, start: number, rules: LaneRules): Promise<number> {
  let offset = start;
  for (let at = 0; at < bytes.length && !to.destroyed;) {
    while (rules.faults().blackHole && !to.destroyed) await sleep(LOOK_AGAIN_MS);
    const faults = rules.faults();
    const cutAfter = rules.cutAfter(faults);
    const room = Math.min(pieceLimit(faults), cutAfter === null ? Infinity : cutAfter - offset);
    const piece = bytes.subarray(at, at + Math.max(0, room));
    if (piece.length > 0) {
      await write(to, flipped(piece, offset, rules.flipAt(faults)));
      rules.onPassed(piece.length);
      if (faults.bytesPerSecond !== null) await sleep((piece.length / faults.bytesPerSecond) * 1000);
    }
    at += piece.length;
    offset += piece.length;
    if (cutAfter === null || offset < cutAfter) continue;
    rules.reset();
    break;
  }
  return offset;
}

/** A limited line moves in twentieths of a second, so that it is slow and not jerky. */
const pieceLimit = ({ pieceBytes, bytesPerSecond }: Faults): number =>
  Math.min(pieceBytes ?? Infinity, bytesPerSecond === null ? Infinity : Math.max(1, Math.round(bytesPerSecond / 20)));

function flipped(piece: Buffer, offset: number, flipAt: number | null): Buffer {
  if (flipAt === null || flipAt < offset || flipAt >= offset + piece.length) return piece;
  const changed = Buffer.from(piece);
  changed[flipAt - offset] = (changed[flipAt - offset] as number) ^ 1;
  return changed;
}

/** A connection that is gone takes what is written to it. */
const write = (to: Socket, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => {
    if (to.destroyed) return resolve();
    to.once('close', resolve);
    to.write(bytes, () => {
      to.off('close', resolve);
      resolve();
    });
  });

async function until(due: number): Promise<void> {
  const ms = due - performance.now();
  if (ms > 0) await sleep(ms);
}
