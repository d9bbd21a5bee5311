import { setTimeout as delay } from 'node:timers/promises';
import type { PartOptions, Played } from './part.ts';
import { playScene } from './play-scene.ts';
import type { Scene } from './scene.ts';
import { usersOf } from './users.ts';

/** Kills between two looks at whether everything is the same everywhere. */
const SETTLE_EVERY = 20;

/** Somebody who is killed again and again. */
export interface Victim {
  readonly name: string;
  /** Files of each client; the load is 300 in all in the long run. */
  readonly files: number;
  /** Milliseconds from a start to the latest kill: a start and some work have to fit in. */
  readonly latestMs: number;
  /** Kills it at this moment and starts it again at once, without waiting for anything. */
  readonly strike: (scene: Scene, kill: number) => Promise<void>;
  /** Waits until it is at work again, by nothing but a plain start. */
  readonly revive: (scene: Scene) => Promise<void>;
}

/** Kills a victim at random moments under a load in both directions. */
export function randomKills(victim: Victim, { seed, kills, tell }: PartOptions): Promise<Played> {
  return playScene({ seed, files: victim.files, tell }, async (scene) => {
    let done = 0;
    while (done < kills && scene.failures.length === 0) {
      const users = usersOf(scene);
      for (const until = Math.min(kills, done + SETTLE_EVERY); done < until; done += 1) {
        await delay(scene.random.below(victim.latestMs));
        await victim.strike(scene, done);
      }
      await users.stop();
      await victim.revive(scene);
      await scene.settle(`after ${done} kills`);
      scene.done = [`${done} random kills`];
      tell(`${victim.name}: ${done} of ${kills} kills`);
    }
  });
}
