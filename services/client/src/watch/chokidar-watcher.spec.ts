import { join } from 'node:path';
import { ChokidarWatcher } from './chokidar-watcher.ts';
import { registerWatcherTests } from './watcher-conformance.ts';

registerWatcherTests('ChokidarWatcher', join(import.meta.dirname, 'chokidar-watcher.ts'), (options) => new ChokidarWatcher(options));
