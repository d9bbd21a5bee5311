import { ChokidarWatcher } from './chokidar-watcher.ts';
import { NativeWatcher } from './native-watcher.ts';
import type { WatchOptions } from './watch-options.ts';
import type { Watcher } from './watcher.ts';

/** The watcher that costs least on this system; figures are in docs/adr/0003-watching.md. */
export function createWatcher(options: WatchOptions): Watcher {
  return process.platform === 'linux' ? new NativeWatcher(options) : new ChokidarWatcher(options);
}
