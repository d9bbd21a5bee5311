import { describe } from 'vitest';
import { registerChunkingTests } from './conformance/chunking.ts';
import { registerConstrainedTests } from './conformance/constrained.ts';
import { registerEarlyEndTests } from './conformance/early-end.ts';
import { registerHostileTests } from './conformance/hostile.ts';
import { registerListingTests } from './conformance/listing.ts';
import { registerListingChangedTests } from './conformance/listing-changed.ts';
import { registerLongPathTests } from './conformance/long-paths.ts';
import { registerMovingTests } from './conformance/moving.ts';
import { registerPuttingTests } from './conformance/putting.ts';
import { registerReadingTests } from './conformance/reading.ts';
import { registerStagingTests } from './conformance/staging.ts';
import type { MakeDisk } from './conformance/world.ts';

/** What every `Disk` must do, on a real folder. `module` exports its class alone, for what needs a process of its own. */
export function registerDiskTests(name: string, make: MakeDisk, module: URL): void {
  describe(name, () => {
    registerListingTests(make);
    registerListingChangedTests(make);
    registerReadingTests(make);
    registerChunkingTests(make);
    registerPuttingTests(make);
    registerMovingTests(make);
    registerLongPathTests(make);
    registerStagingTests(make);
    registerEarlyEndTests(make, module.href);
    registerHostileTests(make, module.href);
    registerConstrainedTests(make, module.href);
  });
}
