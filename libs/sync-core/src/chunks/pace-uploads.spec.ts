import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_PACE, type UploadPace, paceUploads } from './pace-uploads.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

describe('paceUploads', () => {
  const at = (bytes: number): UploadPace => ({ bytes, recent: [] });
  it.each([
    ['a quick line takes more', 256 * KIB, 5, 512 * KIB],
    ['up to four mebibytes', 4 * MIB, 10, 4 * MIB],
    ['a slow line takes less', 4 * MIB, 1_500, 2 * MIB],
    ['down to single chunks', 64 * KIB, 60_000, 64 * KIB],
    ['a line that is filled in time keeps its pace', 512 * KIB, 60, 512 * KIB],
  ])('%s', (_what, bytes, took, next) => expect(paceUploads(at(bytes), bytes, { bytes, took }).bytes).toBe(next));

  it.each([
    ['takes much less', 4 * MIB, 4 * MIB, MIB],
    ['takes never less than one chunk', 64 * KIB, 64 * KIB, 64 * KIB],
    ['takes no less again where another request is cut along', MIB, 4 * MIB, MIB],
  ])('a line that breaks %s', (_what, bytes, limit, next) => expect(paceUploads(at(bytes), limit, 'cut').bytes).toBe(next));

  // Bytes a second; milliseconds of the way there and back, and for making durable; MiB under way on average; part of the line that is used.
  it.each([
    ['12.8 MB/s nearby', 12_800_000, 6, 1, 0.95],
    ['100 Mbit/s over 100 ms', 12_500_000, 105, 4, 0.6],
    ['1 Gbit/s nearby', 125_000_000, 6, 8, 0.95],
    ['250 MB/s on one machine', 250_000_000, 6, 8, 0.95],
    ['200 kB/s over 50 ms', 200_000, 55, 1, 0.95],
    ['a store that takes 250 ms, however fast the line', 500_000_000, 250, 8, 0.04],
  ])('fills %s, and has little under way', (_what, rate, fixed, most, part) => {
    const sizes = fc.array(fc.integer({ min: 64 * KIB, max: 450 * KIB }), { minLength: 200, maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 0.5, noNaN: true }), (chunks, jitter) => {
        const { underWay, used } = run({ rate, fixed, jitter }, chunks);
        expect(underWay / MIB).toBeLessThanOrEqual(most);
        expect(used).toBeGreaterThanOrEqual(part);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('keeps within its bounds whatever is measured', () => {
    const ended = fc.oneof(
      fc.constant('cut' as const),
      fc.record({ bytes: fc.integer({ min: 1, max: 5 * MIB }), took: fc.double({ min: 0, max: 1e6, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(ended, { maxLength: 40 }), (all) => {
        let pace = FIRST_PACE;
        for (const one of all) {
          const { bytes } = pace;
          pace = paceUploads(pace, bytes, one);
          expect(pace.bytes).toBeGreaterThanOrEqual(Math.max(64 * KIB, Math.floor(bytes / 4)));
          expect(pace.bytes).toBeLessThanOrEqual(Math.min(4 * MIB, 2 * bytes));
        }
      }),
    );
  });
});

interface Flight {
  readonly begun: number;
  readonly ends: number;
  readonly bytes: number;
  readonly limit: number;
}

/** Two requests at a time on a line that they share, told of once it has found its pace. */
function run(line: { readonly rate: number; readonly fixed: number; readonly jitter: number }, chunks: readonly number[]) {
  let pace = FIRST_PACE;
  let flights: Flight[] = [];
  let [now, free, next, sent, since, underWay] = [0, 0, 0, 0, 0, 0];
  const chunk = (): number => chunks[next % chunks.length] as number;
  for (let round = 0; round < 300; round++) {
    if (flights.length === 2) {
      const [first, second] = flights.toSorted((a, b) => a.ends - b.ends) as [Flight, Flight];
      flights = [second];
      now = first.ends;
      pace = paceUploads(pace, first.limit, { bytes: first.bytes, took: now - first.begun });
    }
    let bytes = 0;
    do {
      bytes += chunk();
      next++;
    } while (bytes + chunk() <= pace.bytes);
    free = Math.max(now, free) + (bytes / line.rate) * 1000;
    // Held up more or less, as chance, here the next chunk's size, will have it.
    const held = 1 + line.jitter * ((chunk() / (200 * KIB)) % 1);
    flights.push({ begun: now, ends: free + line.fixed * held, bytes, limit: pace.bytes });
    if (round < 100) since = free;
    else {
      sent += bytes;
      underWay += flights.reduce((sum, flight) => sum + flight.bytes, 0) / 200;
    }
  }
  return { underWay, used: ((sent / line.rate) * 1000) / (free - since) };
}
