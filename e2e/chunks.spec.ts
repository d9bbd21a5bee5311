import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cutTransfer } from './chunks/cut-transfer.ts';
import { MIB, arrivesWhole, putAtOnce, writeRandom } from './chunks/large-content.ts';
import { stabilise } from './harness/stabilise.ts';
import { useWorld } from './harness/world.ts';

const world = useWorld();

test('of a byte inserted at the head of a large file about a chunk travels, each way, and of a changed copy too (R65)', async () => {
  const [up, down] = [await world.proxy(), await world.proxy()];
  const [alice, bob] = [world.client('alice', { server: up.url }), world.client('bob', { server: down.url })];
  await Promise.all([alice.start(), bob.start()]);
  await stabilise([alice, bob]);
  writeRandom(alice.at('disk.img'), 64);
  await arrivesWhole(alice, bob, 'disk.img');
  const passed = (): number[] => [up.passed.up, up.passed.down, down.passed.up, down.passed.down];
  let before = passed();
  const measure = (what: string): number[] => {
    const since = passed().map((bytes, way) => bytes - (before[way] as number));
    console.log(`${what}: alice ${since[0]} bytes up, ${since[1]} down; bob ${since[2]} up, ${since[3]} down`);
    before = passed();
    return since;
  };
  const edited = Buffer.concat([Buffer.from('!'), readFileSync(alice.at('disk.img'))]);
  putAtOnce(alice, 'disk.img', edited);
  await arrivesWhole(alice, bob, 'disk.img');
  // The largest chunk has a mebibyte, and the inserted byte may lie in two.
  for (const bytes of measure('a byte inserted at the head of 64 MiB')) expect(bytes).toBeLessThan(2.25 * MIB);
  putAtOnce(alice, 'copy.img', Buffer.concat([Buffer.from('?'), edited.subarray(1)]));
  await arrivesWhole(alice, bob, 'copy.img');
  for (const bytes of measure('a copy with another first byte')) expect(bytes).toBeLessThan(2.25 * MIB);
});

test('an upload goes on where it was when its client is killed (R65)', async () => {
  await cutTransfer(world, { way: 'up', victim: 'the client is killed', mebibytes: 20, at: 0.7 });
});

test('a download goes on where it was when the server is killed (R65)', async () => {
  await cutTransfer(world, { way: 'down', victim: 'the server is killed', mebibytes: 20, at: 0.7 });
});
