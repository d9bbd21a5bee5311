import { describe } from 'vitest';
import { registerConstrainedTests } from './conformance/constrained.ts';
import { registerHostileTests } from './conformance/hostile.ts';
import { registerListingTests } from './conformance/listing.ts';
import { registerMovingTests } from './conformance/moving.ts';
import { registerPuttingTests } from './conformance/putting.ts';
import { registerReadingTests } from './conformance/reading.ts';
import { registerStagingTests } from './conformance/staging.ts';
import type { MakeDisk } from './conformance/world.ts';

/** What every `Disk` must do, on a real folder. */
export function registerDiskTests(name: string, make: MakeDisk): void {
  describe(name, () => {
    registerListingTests(make);
    registerReadingTests(make);
    registerPuttingTests(make);
    registerMovingTests(make);
    registerStagingTests(make);
    registerHostileTests(make);
    registerConstrainedTests(make);
  });
}
