import { registerDiskTests } from './disk-conformance.ts';
import { WorkerDisk } from './worker-disk.ts';

registerDiskTests('WorkerDisk', (root) => new WorkerDisk(root), new URL('./worker-disk.ts', import.meta.url));
