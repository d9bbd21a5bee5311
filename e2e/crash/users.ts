import { setTimeout as delay } from 'node:timers/promises';
import type { Scene } from './scene.ts';

/** Milliseconds between two acts of the users. */
const ACT_EVERY_MS = 12;

/** Lets the users of a scene work until they are told to stop. */
export function usersOf(scene: Scene): { stop(): Promise<void> } {
  let over = false;
  const working = (async () => {
    for (; !over; await delay(ACT_EVERY_MS)) scene.load.act();
  })();
  // Who waits for it hears of a failure; until then it is no surprise.
  working.catch(() => undefined);
  return {
    stop: () => {
      over = true;
      return working;
    },
  };
}
