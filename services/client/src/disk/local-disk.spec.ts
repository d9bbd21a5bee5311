import { registerDiskTests } from './disk-conformance.ts';
import { LocalDisk } from './local-disk.ts';

registerDiskTests('LocalDisk', (root) => new LocalDisk(root));
