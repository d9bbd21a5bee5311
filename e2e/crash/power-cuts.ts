import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientProcess } from '../harness/client-process.ts';
import { inSync } from '../harness/in-sync.ts';
import type { Random } from '../harness/random.ts';
import { readTree } from '../harness/tree.ts';
import { forgetBoot } from './cut-power.ts';
import type { PartOptions, Played } from './part.ts';
import { playScene } from './play-scene.ts';
import { forgetLogSince, stateLogIn } from './state-log.ts';
import { usersOf } from './users.ts';

/** Milliseconds of work before each cut, at most. */
const WORK_MS = 2_500;
const PAGE = 4_096;
/** Of the other user, while the victim has no power. */
const MOST_ACTS_APART = 30;
/** So many different ends the log of a state can have. */
const KEPT_STEPS = 1_000;

/**
 * Cuts the power of a client again and again. What its users saved without flushing, as they do, is damaged in every way that disks know; the end
 * of its state's log, which is never flushed, is missing too. What the server had acknowledged by then must come back everywhere.
 */
export function powerCuts({ seed, kills, tell }: PartOptions): Promise<Played> {
  return playScene({ seed, files: 60, tell, sampled: false }, async (scene) => {
    let damaged = 0;
    for (let cuts = 0; cuts < kills && scene.failures.length === 0; cuts += 1) {
      const { random } = scene;
      const victim = random.pick(scene.clients);
      const log = stateLogIn(victim.folder);
      const users = usersOf(scene);
      await delay(random.below(WORK_MS));
      await users.stop();
      // What was neither acknowledged nor on the disk is gone with the power, whoever keeps the folder: only the rest has one right outcome.
      await inSync([victim]);
      await victim.kill();
      const acknowledged = new Set((await victim.history()).flatMap(({ hash }) => (hash === null ? [] : [hash])));
      forgetLogSince(victim.folder, log, random.below(KEPT_STEPS) / KEPT_STEPS);
      forgetBoot(victim.folder);
      const [other] = scene.clients.filter((client) => client !== victim);
      for (let act = random.below(MOST_ACTS_APART); act > 0; act -= 1) scene.load.act(other);
      damaged += await damage(victim, acknowledged, random);
      await victim.start();
      await scene.settle(`after power cut ${cuts + 1} of ${victim.id}`);
      scene.done = [`${cuts + 1} power cuts`, `${damaged} files damaged on disk`];
      if ((cuts + 1) % 10 === 0) tell(`power: ${cuts + 1} of ${kills} cuts`);
    }
  });
}

/** Damages some of what the client's user saved and the server has. @returns how many files */
async function damage({ id, folder }: ClientProcess, acknowledged: ReadonlySet<string>, random: Random): Promise<number> {
  let count = 0;
  for (const [path, { kind, detail }] of await readTree(folder)) {
    if (kind !== 'file' || !path.includes(`/${id}-`) || !acknowledged.has(detail.slice(0, 64)) || random.below(4) > 0) continue;
    const absolute = join(folder, path);
    const content = readFileSync(absolute);
    const page = PAGE * random.below(1 + Math.floor(content.length / PAGE));
    switch (random.below(4)) {
      case 0:
        truncateSync(absolute);
        break;
      case 1:
        truncateSync(absolute, random.below(content.length));
        break;
      case 2:
        writeFileSync(absolute, content.fill(0, page, Math.min(content.length, page + PAGE)));
        break;
      default:
        rmSync(absolute);
    }
    count += 1;
  }
  return count;
}
