import { PORTABILITY_RULES } from '@syncpair/sync-core';
import type { Node } from 'yaml';
import { WATCH_MODES } from '../watch/watch-options.ts';
import { FILE_SYSTEM_SETTINGS } from './file-system.ts';
import { isNothing } from './is-nothing.ts';
import { readChoice } from './read-choice.ts';
import { readHold } from './read-hold.ts';
import { readPatterns } from './read-patterns.ts';
import { readSection } from './read-section.ts';
import { readFlag, readInteger, readText } from './read-value.ts';
import type { SettingName } from './setting-names.ts';
import type { Settings } from './settings.ts';
import type { YamlSource } from './yaml-source.ts';

/** A week; whoever wants less switches the directory off. */
const LONGEST_INTERVAL_SECONDS = 604_800;

/** Settings of a directory or of `default`; a name without a value counts as not given. Remembers what it read: lists may be shared by alias. */
export class SettingsReader {
  readonly #source: YamlSource;
  readonly #patterns = new Map<Node, readonly string[] | undefined>();

  constructor(source: YamlSource) {
    this.#source = source;
  }

  read(node: Node | undefined, title: string): Settings {
    const source = this.#source;
    if (node === undefined || isNothing(node)) return {};
    const section = readSection(source, node, 'settings', title);
    if (section === null) return {};
    const given = <T>(name: SettingName<'settings'>, read: (value: Node) => T | undefined): T | undefined => {
      const value = section.given(name);
      return value === undefined ? undefined : read(value);
    };
    const settings = {
      description: given('description', (value) => readText(source, value, 'description', 'a text, as in description: "Team files"')),
      shared: given('shared', (value) => readFlag(source, value, 'shared')),
      syncIntervalSeconds: given('sync_interval_seconds', (value) =>
        readInteger(source, value, 'sync_interval_seconds', { least: 1, most: LONGEST_INTERVAL_SECONDS, of: 'seconds' }),
      ),
      enabled: given('enabled', (value) => readFlag(source, value, 'enabled')),
      ignorePatterns: given('ignore_patterns', (value) => this.#readPatterns(value)),
      hold: given('hold', (value) => readHold(source, value)),
      watch: given('watch', (value) => readChoice(source, value, 'watch', WATCH_MODES)),
      portability: given('portability', (value) => readChoice(source, value, 'portability', PORTABILITY_RULES)),
      fileSystem: given('file_system', (value) => readChoice(source, value, 'file_system', FILE_SYSTEM_SETTINGS)),
      conflictCopies: given('conflict_copies', (value) => readFlag(source, value, 'conflict_copies')),
    };
    return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  }

  #readPatterns(node: Node): readonly string[] | undefined {
    if (!this.#patterns.has(node)) this.#patterns.set(node, readPatterns(this.#source, node));
    return this.#patterns.get(node);
  }
}
