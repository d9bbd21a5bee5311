import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { ClientConfig } from './config.ts';

// Stop-gap until the real parser lands: it checks nothing.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function loadConfig(file: string): Promise<ClientConfig> {
  const raw: any = parse(readFileSync(file, 'utf8'));
  const at = (path: string): string => (path.startsWith('~') ? resolve(homedir() + path.slice(1)) : resolve(dirname(file), path));
  return {
    file,
    clientId: raw.client_id,
    server: String(raw.server).replace(/\/$/, ''),
    tokenFile: null,
    warnings: [],
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    directories: raw.directories.map((one: any) => {
      const s = { ...raw.default, ...one.settings };
      return {
        name: one.name,
        localPath: at(one.local_path),
        description: s.description ?? null,
        shared: s.shared ?? false,
        syncIntervalSeconds: s.sync_interval_seconds ?? 30,
        enabled: s.enabled ?? true,
        ignorePatterns: [...new Set([...(raw.default?.ignore_patterns ?? []), ...(one.settings?.ignore_patterns ?? [])])],
        hold: s.hold ?? { files: 50, percent: 50 },
        conflictCopies: s.conflict_copies ?? false,
      };
    }),
  };
}
