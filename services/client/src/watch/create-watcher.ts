import { ChokidarWatcher } from './chokidar-watcher.ts';
import { NativeWatcher } from './native-watcher.ts';
import { networkFileSystemOf } from './network-file-system.ts';
import { UntrustedWatcher } from './untrusted-watcher.ts';
import type { WatchMode, WatchOptions } from './watch-options.ts';
import type { Watcher } from './watcher.ts';

/** The watcher that costs least on this system (figures are in docs/adr/0003-watching.md), trusted as far as `mode` and the disk allow. */
export function createWatcher(options: WatchOptions, mode: WatchMode): Watcher {
  if (mode === 'polling') return new UntrustedWatcher('the configuration says so (watch: polling)', null);
  const watcher = process.platform === 'linux' ? new NativeWatcher(options) : new ChokidarWatcher(options);
  const network = mode === 'auto' ? networkFileSystemOf(options.root) : null;
  return network === null
    ? watcher
    : new UntrustedWatcher(`the folder lies on ${network}, where other machines make changes unseen`, watcher);
}
