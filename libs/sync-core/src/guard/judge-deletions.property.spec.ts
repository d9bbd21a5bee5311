import fc from 'fast-check';
import { describe, it } from 'vitest';
import { ALL_OF, type HoldLimits } from './guard-deletions.ts';
import { judgeDeletions } from './judge-deletions.ts';
import { needsLiveCount } from './needs-live-count.ts';

const limits: fc.Arbitrary<HoldLimits> = fc.record({ files: fc.nat(200), percent: fc.nat(100) });
const UNKNOWN = Number.MAX_SAFE_INTEGER;

describe('judgeDeletions', () => {
  it('lets no cut of the same deletions into requests pass more than all at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: ALL_OF, max: 400 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 30 }),
        limits,
        (live, requests, own) => {
          let passed = 0;
          for (const incoming of requests) {
            const window = { liveAtStart: live, passed };
            if (judgeDeletions({ device: window, directory: window }, incoming, own) === null) passed += incoming;
          }
          const most = own === 'off' ? Infinity : Math.max(own.files, Math.floor((live * own.percent) / 100));
          return passed <= most && passed < live;
        },
      ),
    );
  });

  it('holds one device for what all have deleted together, whatever ids it takes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 400 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 80, maxLength: 80 }),
        (live, requests) => {
          const fresh = { liveAtStart: live, passed: 0 };
          let together = 0;
          for (const incoming of requests) {
            const directory = { liveAtStart: live, passed: together };
            if (judgeDeletions({ device: fresh, directory }, incoming, { files: 50, percent: 50 }) === null) together += incoming;
          }
          return together <= Math.max(50, live / 2);
        },
      ),
    );
  });

  it('needs the count of live files only where the answer depends on it', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.integer({ min: 1, max: 100 }), limits, (live, passed, incoming, own) => {
        if (needsLiveCount(passed + incoming, own)) return true;
        const known = { liveAtStart: live, passed };
        const unknown = { liveAtStart: UNKNOWN, passed };
        return (
          judgeDeletions({ device: known, directory: known }, incoming, own) === null &&
          judgeDeletions({ device: unknown, directory: unknown }, incoming, own) === null
        );
      }),
    );
  });
});
