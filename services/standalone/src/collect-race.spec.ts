import { randomBytes } from 'node:crypto';
import { type Collected, collectAll } from '@syncpair/metadata';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CollectActor } from './testing/collect-actor.ts';
import { CollectWorld } from './testing/collect-world.ts';

/** Seconds of work; a longer run finds rarer moments. */
const SECONDS = Number(process.env['SYNCPAIR_COLLECT_SECONDS'] ?? 5);
const NOW = { graceMs: 0, idleMs: 0, volumeMs: 0 };

let world: CollectWorld;
beforeEach(async () => {
  world = await CollectWorld.start();
});
afterEach(() => world.close());

const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;

it(
  'contents that are written, deleted, forgotten and restored while collections run in a loop are never missing [STA-09]',
  async () => {
    const contents = [...Array.from({ length: 12 }, () => randomBytes(300)), ...Array.from({ length: 10 }, () => randomBytes(90_000))];
    // Large contents that have chunks in common, as the versions of one file do; one chunk is also a content of its own.
    const chunks = Array.from({ length: 7 }, () => randomBytes(300_000));
    const chunked = chunks.map((_, index) => [0, 1, 2, 4].map((step) => chunks[(index + step) % chunks.length] as Buffer));
    contents.push(...chunks.slice(0, 1));
    const paths = ['a', 'b'];
    const actors = Array.from({ length: 6 }, (_, index) => new CollectActor(world, `actor${index}`));
    await Promise.all(actors.map((actor) => actor.join()));
    const total: Collected = { condemned: 0, unknown: 0, removed: 0, bytes: 0, moved: 0, volumes: 0 };
    const end = Date.now() + SECONDS * 1000;
    // On a busy machine it goes on until there was a race: contents were committed and removed beside each other.
    const commits = (): number => actors.reduce((sum, actor) => sum + actor.commits, 0);
    const goesOn = (): boolean => Date.now() < end || commits() < 50 || total.removed === 0;

    const work = async (actor: CollectActor): Promise<void> => {
      while (goesOn()) {
        const [path, bytes, chance] = [pick(paths), pick(contents), Math.random()];
        if (chance < 0.1) await actor.writeChunked(path, pick(chunked), Math.random() < 0.5);
        else if (chance < 0.35) await actor.write(path, bytes, bytes.length < 1000 && Math.random() < 0.6);
        else if (chance < 0.45) await actor.writeByCall(path, bytes);
        else if (chance < 0.7) await actor.delete(path);
        else if (chance < 0.8) await actor.restore(path);
        else await actor.forget();
      }
    };
    const collect = async (): Promise<void> => {
      while (goesOn()) {
        await world.agePins();
        const done = await collectAll(world.database, world.upkeep, NOW);
        for (const key of Object.keys(total) as (keyof Collected)[]) total[key] += done[key];
      }
    };
    const check = async (): Promise<void> => {
      while (goesOn()) expect(await world.missing()).toEqual([]);
    };
    await Promise.all([...actors.map(work), collect(), collect(), check()]);

    expect(await world.missing()).toEqual([]);
    expect(actors.reduce((sum, { spurious }) => sum + spurious, 0)).toBe(0);
    if (process.env['SYNCPAIR_COLLECT_SECONDS'] !== undefined)
      console.log(
        total,
        actors.map(({ commits }) => commits),
      );

    for (const actor of actors) {
      for (const path of paths) await actor.delete(path);
      await actor.forget();
    }
    await world.agePins();
    for (let round = 0; round < 2; round += 1) await collectAll(world.database, world.upkeep, NOW);
    expect(await world.left()).toEqual([]);
    const left: unknown[] = [];
    for await (const content of world.store.list('alone')) left.push(content);
    expect(left).toEqual([]);
  },
  SECONDS * 1000 + 120_000,
);

it('many first uploads of one content at once: each is taken at its first receipt', async () => {
  const actors = Array.from({ length: 10 }, (_, index) => new CollectActor(world, `first${index}`));
  await Promise.all(actors.map((actor) => actor.join()));
  for (let round = 0; round < 5; round += 1) {
    const bytes = randomBytes(70_000);
    await Promise.all(actors.map((actor) => actor.write(`file${round}`, bytes, false)));
  }
  expect(actors.reduce((sum, { spurious }) => sum + spurious, 0)).toBe(0);
  expect(await world.missing()).toEqual([]);
});
