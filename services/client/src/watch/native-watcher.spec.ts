import { join } from 'node:path';
import { NativeWatcher } from './native-watcher.ts';
import { registerWatcherTests } from './watcher-conformance.ts';

registerWatcherTests('NativeWatcher', join(import.meta.dirname, 'native-watcher.ts'), (options) => new NativeWatcher(options));
