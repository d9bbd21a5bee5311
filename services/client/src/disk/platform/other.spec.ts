import { describe } from 'vitest';
import { registerListingTests } from '../conformance/listing.ts';
import { registerMovingTests } from '../conformance/moving.ts';
import { registerPuttingTests } from '../conformance/putting.ts';
import { registerReadingTests } from '../conformance/reading.ts';
import { registerStagingTests } from '../conformance/staging.ts';
import type { MakeDisk } from '../conformance/world.ts';
import { LocalDisk } from '../local-disk.ts';
import { otherPlatform } from './other.ts';

const make: MakeDisk = (root) => new LocalDisk(root, otherPlatform);

describe('LocalDisk by checked paths, as on macOS and Windows', () => {
  registerListingTests(make);
  registerReadingTests(make);
  registerPuttingTests(make);
  registerMovingTests(make);
  registerStagingTests(make);
});
