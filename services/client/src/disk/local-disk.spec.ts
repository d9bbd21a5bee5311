import { registerInterferenceTests } from './conformance/interference.ts';
import { registerDiskTests } from './disk-conformance.ts';
import { LocalDisk } from './local-disk.ts';

const module = new URL('./local-disk.ts', import.meta.url);

registerDiskTests('LocalDisk', (root) => new LocalDisk(root), module);
registerInterferenceTests((root) => new LocalDisk(root), module.href);
