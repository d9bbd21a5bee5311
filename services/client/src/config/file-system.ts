import { NAME_RULES, type NameRules } from '@syncpair/sync-core';

/** `auto`: the rules of the system that the client runs on. */
export const FILE_SYSTEM_SETTINGS = ['auto', ...NAME_RULES] as const;
export type FileSystemSetting = (typeof FILE_SYSTEM_SETTINGS)[number];

export function nameRulesOf(setting: FileSystemSetting, platform: NodeJS.Platform): NameRules {
  if (setting !== 'auto') return setting;
  if (platform === 'win32') return 'windows';
  return platform === 'darwin' ? 'macos' : 'linux';
}
