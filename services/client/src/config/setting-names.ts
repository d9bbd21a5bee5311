/** Which names may stand where. */
export const SETTING_NAMES = {
  configuration: ['client_id', 'server', 'token_file', 'bandwidth', 'default', 'directories'],
  directory: ['name', 'local_path', 'settings'],
  settings: [
    'description',
    'shared',
    'sync_interval_seconds',
    'enabled',
    'ignore_patterns',
    'hold',
    'conflict_copies',
    'watch',
    'portability',
    'file_system',
  ],
  hold: ['files', 'percent'],
  bandwidth: ['upload', 'download', 'timetable'],
  timetable: ['days', 'from', 'to', 'upload', 'download'],
} as const;

export type SectionKind = keyof typeof SETTING_NAMES;
export type SettingName<Kind extends SectionKind> = (typeof SETTING_NAMES)[Kind][number];

/** What people write for a name because other programs call it so. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  client: 'client_id',
  id: 'client_id',
  url: 'server',
  server_url: 'server',
  host: 'server',
  token: 'token_file',
  path: 'local_path',
  folder: 'local_path',
  dirs: 'directories',
  folders: 'directories',
  interval: 'sync_interval_seconds',
  sync_interval: 'sync_interval_seconds',
  ignore: 'ignore_patterns',
  exclude: 'ignore_patterns',
  excludes: 'ignore_patterns',
  exclude_patterns: 'ignore_patterns',
  limit: 'bandwidth',
  limits: 'bandwidth',
  bwlimit: 'bandwidth',
  bandwidth_limit: 'bandwidth',
  up: 'upload',
  send: 'upload',
  down: 'download',
  receive: 'download',
  schedule: 'timetable',
  day: 'days',
  weekdays: 'days',
  start: 'from',
  begin: 'from',
  end: 'to',
  until: 'to',
};

/** Where a name belongs, for somebody who wrote it at another place. */
export const BELONGS: Readonly<Record<SectionKind, string>> = {
  configuration: 'at the start of a line, without spaces',
  directory: 'in an entry of "directories"',
  settings: 'below "settings" of a directory, or below "default"',
  hold: 'below "hold"',
  bandwidth: 'below "bandwidth"',
  timetable: 'in an entry of "timetable"',
};
