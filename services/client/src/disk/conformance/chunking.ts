import { appendFileSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { type Chunk, chunkSizesOf, decodeManifest, findCut } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import { DiskProblem } from '../disk.ts';
import { type MakeDisk, path, sha256, stampOf, useWorld } from './world.ts';

const MIB = 1024 * 1024;

/** Bytes that repeat nowhere near, the same in every run. */
function varied(size: number): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let state = 1, at = 0; at < words.length; at++) words[at] = state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Buffer.from(words.buffer, 0, size);
}

export function registerChunkingTests(make: MakeDisk): void {
  describe('chunk and readParts', () => {
    const world = useWorld(make);

    it('cuts a file into the chunks that everyone cuts, and hashes the whole with them', async () => {
      const { disk, at } = world();
      // The last has chunks of the largest size, and one that reaches over every buffer in which the file is read.
      const contents = [varied(1), varied(19 * MIB + 5), Buffer.concat([varied(MIB), Buffer.alloc(9 * MIB), varied(MIB)])];
      contents.forEach((content, index) => writeFileSync(at(`f${index}`), content));
      const files = await Promise.all(contents.map(async (_, i) => ({ path: path(`f${i}`), ...(await stampOf(disk, `f${i}`)) })));
      const told = files.map((): Chunk[] => []);
      const answers = await Promise.all(files.map((file, index) => disk.chunk(file, (chunks) => told[index]?.push(...chunks))));
      for (const [index, answer] of answers.entries()) {
        const content = contents[index] as Buffer;
        if (answer === 'changed' || answer instanceof DiskProblem) throw new Error(`file ${index} was not read`);
        expect(told[index]).toEqual(decodeManifest(answer.manifest, content.length));
        expect(answer.hash).toBe(sha256(content));
        let start = 0;
        for (const { hash, size } of decodeManifest(answer.manifest, content.length)) {
          expect(start + size).toBe(findCut(content, start, content.length, chunkSizesOf(content.length)));
          expect(sha256(content.subarray(start, (start += size)))).toBe(hash);
        }
      }
    });

    it('gives up a file that changes between two steps of its reading, and reads others in between (R39)', async () => {
      const { disk, at } = world();
      writeFileSync(at('long'), varied(40 * MIB));
      writeFileSync(at('short'), 'short');
      const long = { path: path('long'), ...(await stampOf(disk, 'long')) };
      const short = { path: path('short'), ...(await stampOf(disk, 'short')) };
      const order: string[] = [];
      const reading = disk.chunk(long, () => {
        order.push('long');
        if (order.filter((name) => name === 'long').length === 2) appendFileSync(at('long'), '!');
      });
      const other = disk.hash([short]).then((hashes) => {
        order.push('short');
        return hashes;
      });
      expect(await reading).toBe('changed');
      expect(await other).toEqual([sha256('short')]);
      expect(order.toSorted()).toEqual(['long', 'long', 'short']);
      expect(order.at(-1)).toBe('long');
    });

    it('reads parts in the order in which they were asked for', async () => {
      const { disk, at } = world();
      const content = varied(2 * MIB);
      writeFileSync(at('f'), content);
      const parts = [
        { start: MIB, size: MIB },
        { start: 0, size: 10 },
        { start: 5, size: 0 },
        { start: 3, size: 300_000 },
      ];
      const read = await disk.readParts({ path: path('f'), ...(await stampOf(disk, 'f')) }, parts);
      if (read === 'changed' || read instanceof DiskProblem) throw new Error('the file was not read');
      expect(read.map(sha256)).toEqual(parts.map(({ start, size }) => sha256(content.subarray(start, start + size))));
    });

    it('says changed where the stamp is not the expected one, or a part ends behind the file (R39)', async () => {
      const { disk, at, outside } = world();
      for (const name of ['grown', 'linked', 'shrunk', 'kept']) writeFileSync(at(name), varied(100));
      const file = async (name: string) => ({ path: path(name), ...(await stampOf(disk, name)) });
      const changed = await Promise.all(['grown', 'linked', 'shrunk'].map(file));
      const kept = await file('kept');
      appendFileSync(at('grown'), '!');
      renameSync(at('linked'), `${outside}/secret`);
      symlinkSync(`${outside}/secret`, at('linked'));
      truncateSync(at('shrunk'), 50);
      for (const one of changed) expect(await disk.chunk(one)).toBe('changed');
      for (const one of changed) expect(await disk.readParts(one, [{ start: 0, size: 10 }])).toBe('changed');
      expect(await disk.readParts(kept, [{ start: 99, size: 2 }])).toBe('changed');
    });
  });
}
