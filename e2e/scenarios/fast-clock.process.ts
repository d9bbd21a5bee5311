/**
 * Loaded into a process with `node --import`: while the file that `FAST_CLOCK` names is there, its clock and timers run so many times as fast
 * as the file says. Beside it, `.passed` tells how many seconds the process's own clock has gained.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import promises from 'node:timers/promises';

const file = process.env['FAST_CLOCK'] ?? '';
const wall = Date.now;
const monotonic = performance.now.bind(performance);
const after = globalThis.setTimeout;
const every = globalThis.setInterval;
const pause = promises.setTimeout;
let speed = 1;
let ahead = 0;
let changed = monotonic();

const gained = (): number => ahead + (monotonic() - changed) * (speed - 1);
const shorter = (ms?: number): number => (ms ?? 0) / speed;

Date.now = () => Math.floor(wall() + gained());
performance.now = () => monotonic() + gained();
const fastTimers = {
  setTimeout: (callback: () => void, ms?: number) => after(callback, shorter(ms)),
  setInterval: (callback: () => void, ms?: number) => every(callback, shorter(ms)),
};
Object.assign(globalThis, fastTimers);
Object.assign(timers, fastTimers);
Object.assign(promises, { setTimeout: (ms?: number, ...rest: [unknown?, object?]) => pause(shorter(ms), ...rest) });
syncBuiltinESMExports();

function toldSpeed(): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 1;
  } catch {
    // No file, no hurry.
    return 1;
  }
}

every(() => {
  const told = toldSpeed();
  if (told !== speed) [ahead, changed, speed] = [gained(), monotonic(), told];
  writeFileSync(`${file}.passed`, String(Math.floor(gained() / 1_000)));
}, 100).unref();
