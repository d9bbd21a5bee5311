import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Conflict, HistoryItem } from '@syncpair/contracts';
import { until } from '../../e2e/harness/until.ts';
import { type Cast, PATIENCE } from './cast.ts';
import type { Narrator } from './narrator.ts';

/** Milliseconds between two steps for whoever reads along. */
const TO_READ_MS = 1_500;
const MANY = 200;

interface Scene extends Cast {
  readonly tell: Narrator;
}

/** Each does something, waits for what must come of it, and looks whether it did. */
const STEPS: readonly (readonly [title: string, play: (scene: Scene) => Promise<void>])[] = [
  ['A new file', newFile],
  ['An edit, the other way', edit],
  [`${MANY} files at once`, manyFiles],
  ['A file that is ignored', ignored],
  ['A private folder', privateFolder],
  ['Both edit the same file', conflict],
  ['A deletion, and back', deletion],
];

/** Plays it all. @throws {Error} that names the step that did not hold */
export async function playScript(players: Cast, tell: Narrator, { unhurried }: { readonly unhurried: boolean }): Promise<void> {
  const { alice, bob } = players;
  const begun = performance.now();
  tell.line(`SyncPair keeps folders the same. Here: one server, alice and bob, all in ${players.folder}`);
  tell.line('');
  await timed(tell, 'starting the server, with a PostgreSQL of its own', async () => `the server runs at ${await players.startServer()}`);
  await timed(tell, 'starting the clients of alice and bob', async () => {
    await Promise.all([alice.start(), bob.start()]);
    await Promise.all([alice.inSync(), bob.inSync()]);
    return 'alice and bob are connected: each has team (shared) and notes (private)';
  });
  for (const [index, [title, play]] of STEPS.entries()) {
    if (unhurried) await delay(TO_READ_MS);
    tell.step(index + 1, title);
    try {
      await play({ ...players, tell });
    } catch (error) {
      throw new Error(`step ${index + 1}, "${title}", did not hold: ${(error as Error).message}`, { cause: error });
    }
  }
  tell.line('');
  tell.done(`all ${STEPS.length} steps held`, performance.now() - begun);
}

async function timed(tell: Narrator, what: string, act: () => Promise<string>): Promise<void> {
  const begun = performance.now();
  tell.pending(what);
  tell.done(await act(), performance.now() - begun);
}

/** Waits until a file holds exactly this text. */
const holds = (path: string, text: string): Promise<true> =>
  until(`${path} holds ${Buffer.byteLength(text)} bytes that were written`, () => (read(path) === text ? true : undefined), PATIENCE);

const read = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);

function check(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what);
}

async function newFile({ alice, bob, tell }: Scene): Promise<void> {
  const text = 'Friday: pack the boat\n';
  tell.act('alice writes team/plan.md');
  writeFileSync(join(alice.team, 'plan.md'), text);
  await timed(tell, 'bob gets it', async () => {
    await holds(join(bob.team, 'plan.md'), text);
    return `it is in bob's team folder, the same ${text.length} bytes`;
  });
}

async function edit({ alice, bob, tell }: Scene): Promise<void> {
  tell.act('bob adds a line to team/plan.md');
  appendFileSync(join(bob.team, 'plan.md'), 'Saturday: sail\n');
  await timed(tell, 'alice gets it', async () => {
    await holds(join(alice.team, 'plan.md'), readFileSync(join(bob.team, 'plan.md'), 'utf8'));
    return 'alice has both lines';
  });
}

async function manyFiles({ alice, bob, tell }: Scene): Promise<void> {
  tell.act(`alice copies ${MANY} photos into team/photos`);
  const photo = (number: number): string => `photo ${number} `.repeat(1_000);
  mkdirSync(join(alice.team, 'photos'));
  for (let number = 0; number < MANY; number += 1) writeFileSync(join(alice.team, 'photos', `${number}.jpg`), photo(number));
  await timed(tell, 'bob gets them', async () => {
    for (let number = 0; number < MANY; number += 1) await holds(join(bob.team, 'photos', `${number}.jpg`), photo(number));
    return 'bob has all of them, each compared';
  });
}

async function ignored({ alice, bob, tell }: Scene): Promise<void> {
  tell.act('alice writes team/scratch.tmp; her configuration ignores "*.tmp"');
  writeFileSync(join(alice.team, 'scratch.tmp'), 'nobody needs this\n');
  tell.act('and then team/after.txt, so that we see when bob is up to date');
  writeFileSync(join(alice.team, 'after.txt'), 'later\n');
  await timed(tell, 'bob gets the second one', async () => {
    await holds(join(bob.team, 'after.txt'), 'later\n');
    await alice.inSync();
    const sent = JSON.parse(await alice.run('history', '--directory', 'team', '--json')) as HistoryItem[];
    check(!existsSync(join(bob.team, 'scratch.tmp')), 'the ignored file came to bob');
    check(!sent.some(({ path }) => path === 'scratch.tmp'), 'the ignored file went to the server');
    return 'bob has after.txt; scratch.tmp stayed with alice';
  });
}

async function privateFolder({ alice, bob, tell }: Scene): Promise<void> {
  const text = 'a surprise for bob\n';
  tell.act('alice writes notes/diary.md; bob has a folder "notes" too, neither is shared');
  writeFileSync(join(alice.notes, 'diary.md'), text);
  await timed(tell, 'the server gets it', async () => {
    await until(
      'the server has the diary',
      async () => {
        const sent = JSON.parse(await alice.run('history', '--directory', 'notes', '--json')) as HistoryItem[];
        return sent.some(({ path, head }) => path === 'diary.md' && head) ? true : undefined;
      },
      PATIENCE,
    );
    await bob.inSync();
    check(filesIn(bob.notes).length === 0, "something of alice came into bob's notes");
    const seen = JSON.parse(await bob.run('history', '--directory', 'notes', '--json')) as HistoryItem[];
    check(seen.length === 0, "the server lists alice's notes to bob");
    return "the server keeps it for alice; bob's notes are empty";
  });
}

/** But for what SyncPair itself keeps in a folder. */
const filesIn = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('.syncpair'));

async function conflict({ alice, bob, tell }: Scene): Promise<void> {
  const [mine, hers] = ['Friday: pack the car (bob)\n', 'Friday: pack the bikes (alice)\n'];
  tell.act('bob goes offline');
  await bob.stop();
  tell.act('alice rewrites team/plan.md, and a moment later bob does so too, without her text');
  writeFileSync(join(alice.team, 'plan.md'), hers);
  await alice.inSync();
  writeFileSync(join(bob.team, 'plan.md'), mine);
  tell.act('bob comes back');
  await timed(tell, 'they agree', async () => {
    await bob.start();
    await holds(join(alice.team, 'plan.md'), mine);
    await bob.inSync();
    check(read(join(bob.team, 'plan.md')) === mine, 'bob does not have the newer text');
    return 'both have the newer text, which is that of bob';
  });
  const [found] = await until(
    'the conflict is listed',
    async () => {
      const list = JSON.parse(await alice.run('conflicts', 'list', '--json')) as Conflict[];
      return list.length > 0 ? list : undefined;
    },
    PATIENCE,
  );
  check(found?.path === 'plan.md' && found.loser.author === 'alice', 'another conflict is listed than the one there was');
  tell.act('nothing is lost: the other text is kept, and listed');
  tell.command(`npx syncpair conflicts list --file ${alice.config}`);
  tell.output(await alice.run('conflicts', 'list'));
  await timed(tell, 'alice looks at it', async () => {
    const copy = join(alice.team, '..', 'lost-text.md');
    await alice.run('restore', '--directory', 'team', 'plan.md', '--version', found?.loser.version ?? '', '--output', copy);
    check(read(copy) === hers, 'the text that lost is not what alice wrote');
    rmSync(copy);
    return 'the text of alice can be had from the server, to the byte';
  });
}

async function deletion({ alice, bob, tell }: Scene): Promise<void> {
  const text = readFileSync(join(bob.team, 'plan.md'), 'utf8');
  tell.act('alice deletes team/plan.md');
  rmSync(join(alice.team, 'plan.md'));
  await timed(tell, 'it goes away at bob', async () => {
    await until('the file is gone at bob', () => (existsSync(join(bob.team, 'plan.md')) ? undefined : true), PATIENCE);
    return 'it is gone at bob too';
  });
  const versions = JSON.parse(await bob.run('history', '--directory', 'team', 'plan.md', '--json')) as HistoryItem[];
  const version = versions.find(({ deleted, conflict: lost }) => !deleted && lost === null)?.version ?? '';
  tell.act('bob wants it back');
  tell.command(`npx syncpair restore --file ${bob.config} --directory team plan.md --version ${version}`);
  await timed(tell, 'it comes back', async () => {
    await bob.run('restore', '--directory', 'team', 'plan.md', '--version', version);
    for (const { team } of [alice, bob]) await holds(join(team, 'plan.md'), text);
    return 'both have it again, as it was';
  });
}
