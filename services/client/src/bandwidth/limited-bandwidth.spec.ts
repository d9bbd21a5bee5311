import type { BandwidthSettings } from '@syncpair/sync-core';
import { beforeEach, expect, test } from 'vitest';
import type { Clock } from '../runtime/clock.ts';
import { LimitedBandwidth } from './limited-bandwidth.ts';

/** Timers fall due in their order once everybody has done what there was to do. */
class ManualClock implements Clock {
  now = 0;
  readonly #begun: number;
  #timers: { at: number; callback: () => void }[] = [];

  constructor(begun: Date) {
    this.#begun = begun.getTime();
  }

  wall(): number {
    return this.#begun + this.now;
  }

  monotonic(): number {
    return this.now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.now + ms, callback };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((one) => one !== timer));
  }

  /** Lets time pass up to a moment. */
  async until(ms: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > ms) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.now = Math.max(this.now, next.at);
      next.callback();
    }
    this.now = ms;
  }
}

const MONDAY_NOON = new Date(2026, 10, 30, 12, 0, 0);
const KB = 1_000;
let clock: ManualClock;
let passed: Record<string, number>;

beforeEach(() => {
  clock = new ManualClock(MONDAY_NOON);
  passed = {};
});

async function* stream(bytes: number, piece = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; left -= piece) yield new Uint8Array(Math.min(left, piece));
}

const limited = (upload: number | null, timetable: BandwidthSettings['timetable'] = []): LimitedBandwidth =>
  new LimitedBandwidth({ always: { upload, download: null }, timetable }, clock);

/** Sends a content; what has passed of it stands under its name. */
async function send(bandwidth: LimitedBandwidth, name: string, bytes: number, signal?: AbortSignal): Promise<void> {
  passed[name] = 0;
  for await (const piece of bandwidth.pace('upload', stream(bytes), signal)) passed[name] += piece.length;
}

test('lets pass what the limit gives, and all of it in the end', async () => {
  const sending = send(limited(20 * KB), 'a', 400 * KB);
  await clock.until(10_000);
  expect(passed['a']).toBeGreaterThan(190 * KB);
  expect(passed['a']).toBeLessThanOrEqual(205 * KB);
  await clock.until(20_000);
  await sending;
  expect(passed['a']).toBe(400 * KB);
});

test('passes bytes as they are', async () => {
  const text = Buffer.from('abcdefghij'.repeat(1_000));
  const pieces: Uint8Array[] = [];
  const read = (async () => {
    const source = (async function* () {
      yield Promise.resolve(text.subarray(0, 7_777));
      yield Promise.resolve(new Uint8Array(0));
      yield Promise.resolve(text.subarray(7_777));
    })();
    for await (const piece of limited(10 * KB).pace('upload', source)) pieces.push(piece);
  })();
  await clock.until(5_000);
  await read;
  expect(pieces.length).toBeGreaterThan(5);
  expect(Buffer.concat(pieces).equals(text)).toBe(true);
});

test('several transfers share one limit, and a small content overtakes large ones', async () => {
  const bandwidth = limited(40 * KB);
  const all = [send(bandwidth, 'large 1', 2_000 * KB), send(bandwidth, 'large 2', 2_000 * KB)];
  await clock.until(10_000);
  expect((passed['large 1'] as number) + (passed['large 2'] as number)).toBeLessThanOrEqual(410 * KB);
  expect(Math.abs((passed['large 1'] as number) - (passed['large 2'] as number))).toBeLessThanOrEqual(10 * KB);
  all.push(send(bandwidth, 'small', 20 * KB));
  await clock.until(11_500);
  expect(passed['small']).toBe(20 * KB);
  await clock.until(110_000);
  await Promise.all(all);
});

test('each way has its own limit', async () => {
  let received = 0;
  const bandwidth = limited(10 * KB);
  const sending = send(bandwidth, 'a', 20 * KB);
  for await (const piece of bandwidth.pace('download', stream(1_000 * KB))) received += piece.length;
  expect([received, clock.now]).toEqual([1_000 * KB, 0]);
  await clock.until(3_000);
  await sending;
});

test('a limit that changes while a transfer waits takes effect within a second', async () => {
  const lunch = { days: [0], from: 12 * 60 + 1, to: 13 * 60, upload: null, download: null };
  const sending = send(limited(10 * KB, [lunch]), 'a', 50_000 * KB);
  await clock.until(59_000);
  expect(passed['a']).toBeLessThanOrEqual(600 * KB);
  await clock.until(61_000);
  await sending;
  expect(passed['a']).toBe(50_000 * KB);
});

test('and so does one that begins', async () => {
  const lunch = { days: [0], from: 12 * 60 + 1, to: 13 * 60, upload: 10 * KB, download: null };
  const bandwidth = limited(1_000 * KB, [lunch]);
  const sending = send(bandwidth, 'a', 62_000 * KB);
  await clock.until(60_000);
  const before = passed['a'] as number;
  expect(before).toBeGreaterThan(59_000 * KB);
  await clock.until(70_000);
  expect(passed['a']).toBeLessThanOrEqual(before + 105 * KB);
  expect(bandwidth.limits()).toMatchObject({ upload: 10 * KB, download: null });
  expect(bandwidth.changesAt()).toBe(new Date(2026, 10, 30, 13, 0, 0).getTime());
  await clock.until(300_000);
  await sending;
});

test('what is given up waits no longer', async () => {
  const bandwidth = limited(10 * KB);
  const end = new AbortController();
  const sending = send(bandwidth, 'a', 10_000 * KB, end.signal);
  await clock.until(1_000);
  end.abort();
  await sending;
  expect(passed['a']).toBe(10_000 * KB);
  const after = send(bandwidth, 'b', 5 * KB);
  await clock.until(2_000);
  await after;
});

test('a consumer that ends early lets go of the source', async () => {
  let ended = false;
  const source = (async function* () {
    try {
      for (;;) yield Promise.resolve(new Uint8Array(10));
    } finally {
      ended = true;
    }
  })();
  for await (const _ of limited(1_000 * KB).pace('upload', source)) break;
  expect(ended).toBe(true);
});
