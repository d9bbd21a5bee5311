import type { HoldLimits, PortabilityRule } from '@syncpair/sync-core';
import type { WatchMode } from '../watch/watch-options.ts';
import type { DirectoryConfig } from './config.ts';
import { type FileSystemSetting, nameRulesOf } from './file-system.ts';
import type { HoldSetting } from './read-hold.ts';

/** Settings of a directory or of `default`, as far as they are given. */
export interface Settings {
  readonly description?: string;
  readonly shared?: boolean;
  readonly syncIntervalSeconds?: number;
  readonly enabled?: boolean;
  readonly ignorePatterns?: readonly string[];
  readonly hold?: HoldSetting;
  readonly conflictCopies?: boolean;
  readonly watch?: WatchMode;
  readonly portability?: PortabilityRule;
  readonly fileSystem?: FileSystemSetting;
}

/** Those that no one gave. */
const HOLD = { files: 50, percent: 50 };
const INTERVAL_SECONDS = 30;

/** A directory's own settings go before the defaults; ignore patterns are those of both, the defaults first, each once. */
export function mergeSettings(defaults: Settings, own: Settings): Omit<DirectoryConfig, 'name' | 'localPath'> {
  const settings = { ...defaults, ...own };
  return {
    description: settings.description ?? null,
    shared: settings.shared ?? false,
    syncIntervalSeconds: settings.syncIntervalSeconds ?? INTERVAL_SECONDS,
    enabled: settings.enabled ?? true,
    ignorePatterns: mergePatterns(defaults.ignorePatterns ?? [], own.ignorePatterns ?? []),
    hold: mergeHold(defaults.hold, own.hold),
    conflictCopies: settings.conflictCopies ?? false,
    watch: settings.watch ?? 'auto',
    portability: settings.portability ?? null,
    fileSystem: nameRulesOf(settings.fileSystem ?? 'auto', process.platform),
  };
}

/** Many directories share one long list of defaults; it is copied only where something is added. */
function mergePatterns(defaults: readonly string[], own: readonly string[]): readonly string[] {
  if (own.length === 0) return defaults;
  return defaults.length === 0 ? own : [...new Set([...defaults, ...own])];
}

function mergeHold(defaults: HoldSetting | undefined, own: HoldSetting | undefined): HoldLimits {
  if (own === 'off' || (own === undefined && defaults === 'off')) return 'off';
  return { ...HOLD, ...(defaults === 'off' ? {} : defaults), ...own };
}
