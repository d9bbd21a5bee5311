import { parseLabel } from '@syncpair/contracts';
import { type Node, isScalar, isSeq } from 'yaml';
import type { ClientConfig, ConfigError, DirectoryConfig, Place } from './config.ts';
import { isNothing } from './is-nothing.ts';
import { quote } from './quote.ts';
import { isLoopback, parseServer } from './parse-server.ts';
import { readBandwidth } from './read-bandwidth.ts';
import { type Section, readSection } from './read-section.ts';
import { SettingsReader } from './read-settings.ts';
import { kindOf, readText } from './read-value.ts';
import { type PathBase, resolvePath } from './resolve-path.ts';
import type { SettingName } from './setting-names.ts';
import { type Settings, mergeSettings } from './settings.ts';
import { YamlSource } from './yaml-source.ts';

const MAX_DIRECTORIES = 1_000;
/** Patterns of all directories together, each counted where it is in force. */
const MAX_PATTERNS_IN_ALL = 1_000_000;

export interface ParseOptions extends PathBase {
  /** As messages name it. */
  readonly file: string;
}

export type ParsedConfig =
  | {
      readonly ok: true;
      readonly config: ClientConfig;
      /** Where each directory's `local_path` stands. */ readonly pathsAt: readonly Place[];
    }
  | { readonly ok: false; /** By their place. */ readonly errors: readonly ConfigError[] };

/** Reads a configuration. Looks at nothing but its arguments: whether folders exist or are one and the same is for `checkFolders`. */
export function parseConfig(text: string, options: ParseOptions): ParsedConfig {
  const source = YamlSource.parse(text.replace(/^\uFEFF/, ''), options.file);
  if (!(source instanceof YamlSource)) return { ok: false, errors: [source] };
  return new ConfigReader(source, options).read();
}

class ConfigReader {
  readonly #source: YamlSource;
  readonly #options: ParseOptions;
  readonly #settings: SettingsReader;

  constructor(source: YamlSource, options: ParseOptions) {
    this.#source = source;
    this.#options = options;
    this.#settings = new SettingsReader(source);
  }

  read(): ParsedConfig {
    const { findings, root } = this.#source;
    if (root === null || isNothing(root)) {
      findings.refuse(0, 'the file holds no configuration; write client_id, server and directories');
      return this.#refused();
    }
    const section = readSection(this.#source, root, 'configuration', 'the configuration');
    if (section === null) return this.#refused();
    const clientId = this.#required(section, 'client_id', 'client_id: alice', (node) => this.#label(node, 'client_id', 'alice'));
    const server = this.#required(section, 'server', 'server: http://HOST:PORT', (node) => this.#server(node));
    const tokenNode = section.given('token_file');
    const tokenFile = tokenNode === undefined ? null : this.#path(tokenNode, 'token_file', '~/.syncpair-token');
    const bandwidthNode = section.given('bandwidth');
    const bandwidth = bandwidthNode === undefined ? null : readBandwidth(this.#source, bandwidthNode);
    const defaults = this.#settings.read(section.given('default'), '"default"');
    const directories =
      this.#required(section, 'directories', 'directories: [{name: team, local_path: ~/team}]', (node) =>
        this.#directories(node, defaults),
      ) ?? [];
    if (typeof tokenFile === 'string' && server !== undefined && server.startsWith('http:') && !isLoopback(server))
      findings.warn(section.spotOf('server'), 'the token travels unencrypted over http://; write https:// where others can listen');
    if (findings.errors.length > 0 || clientId === undefined || server === undefined) return this.#refused();
    const { file } = this.#options;
    const { warnings } = findings;
    const config = {
      file,
      clientId,
      server,
      tokenFile: tokenFile ?? null,
      bandwidth,
      directories: directories.map(({ config: one }) => one),
      warnings,
    };
    return { ok: true, config, pathsAt: directories.map(({ pathAt }) => pathAt) };
  }

  #refused(): ParsedConfig {
    const errors = this.#source.findings.errors.toSorted(
      (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
    );
    return { ok: false, errors };
  }

  #directories(node: Node, defaults: Settings): { config: DirectoryConfig; pathAt: Place }[] {
    const { findings } = this.#source;
    const example = 'write entries below it, each beginning with "- name: team"';
    if (!isSeq(node)) {
      findings.refuse(node, `"directories" is ${kindOf(node)}; ${example}`);
      return [];
    }
    if (node.items.length === 0) findings.refuse(node, `"directories" is empty; ${example}`);
    if (node.items.length > MAX_DIRECTORIES) {
      findings.refuse(node, `there are more than ${MAX_DIRECTORIES} directories; split them into several configurations`);
      return [];
    }
    const names = new Map<string, Place>();
    const read: { config: DirectoryConfig; pathAt: Place }[] = [];
    let patterns = 0;
    for (const item of node.items) {
      const entry = this.#source.resolve(item);
      if (entry === undefined) continue;
      if (entry === null || isNothing(entry)) {
        findings.refuse(entry ?? node, 'this directory has no name; write "- name: team"');
        continue;
      }
      const directory = this.#directory(entry, defaults, names);
      if (directory === null) continue;
      patterns += directory.config.ignorePatterns.length;
      if (patterns > MAX_PATTERNS_IN_ALL) {
        findings.refuse(entry, `the directories have more than ${MAX_PATTERNS_IN_ALL} ignore patterns together; use fewer, with "*"`);
        break;
      }
      read.push(directory);
    }
    return read;
  }

  #directory(entry: Node, defaults: Settings, names: Map<string, Place>): { config: DirectoryConfig; pathAt: Place } | null {
    const { findings } = this.#source;
    const section = readSection(this.#source, entry, 'directory', 'an entry of "directories"');
    if (section === null) return null;
    const name = this.#required(section, 'name', 'name: team', (node) => this.#label(node, 'name', 'team'));
    const localPath = this.#required(section, 'local_path', 'local_path: ~/team', (node) => this.#path(node, 'local_path', '~/team'));
    const settings = this.#settings.read(section.given('settings'), '"settings"');
    if (name !== undefined) {
      const nameNode = section.spotOf('name');
      const first = names.get(name);
      if (first === undefined) names.set(name, findings.placeOf(nameNode));
      else findings.refuse(nameNode, `a directory ${quote(name)} stands in line ${first.line} already; give each a name of its own`);
    }
    if (name === undefined || localPath === undefined) return null;
    const config = { name, localPath, ...mergeSettings(defaults, settings) };
    return { config, pathAt: findings.placeOf(section.spotOf('local_path')) };
  }

  #required<Name extends SettingName<'configuration' | 'directory'>, T>(
    section: Section<Name>,
    name: Name,
    example: string,
    read: (node: Node) => T | undefined,
  ): T | undefined {
    const { findings } = this.#source;
    const node = section.given(name);
    if (node !== undefined) return read(node);
    if (section.isEmpty(name)) {
      const spot = section.spotOf(name);
      const nothing = isScalar(spot) && spot.source === '~' ? 'is "~", which means no value here' : 'has no value';
      findings.refuse(spot, `${quote(name)} ${nothing}; write ${quote(example)}`);
    } else if (!section.has(name)) findings.refuse(section.at, `${quote(name)} is missing; write ${quote(example)}`);
    return undefined;
  }

  #label(node: Node, name: string, example: string): string | undefined {
    const text = readText(this.#source, node, name, `one word, as in ${name}: ${example}`);
    if (text === undefined) return undefined;
    const label = parseLabel(text);
    if (!label.ok) {
      this.#source.findings.refuse(node, `${quote(name)} cannot be used: ${label.reason}; write a name such as ${example}`);
      return undefined;
    }
    if (text !== text.trim())
      this.#source.findings.warn(
        node,
        `${quote(text)} begins or ends with a space, which is part of the name; write ${quote(text.trim())}`,
      );
    return label.value;
  }

  #path(node: Node, name: string, example: string): string | undefined {
    const text = readText(this.#source, node, name, `a path, as in ${name}: ${example}`);
    if (text === undefined) return undefined;
    const path = resolvePath(text, this.#options, example);
    if (path.ok) return path.value;
    this.#source.findings.refuse(node, `${quote(name)} ${path.reason}`);
    return undefined;
  }

  #server(node: Node): string | undefined {
    const text = readText(this.#source, node, 'server', 'an address, as in server: http://HOST:PORT');
    if (text === undefined) return undefined;
    const server = parseServer(text);
    if (server.ok) return server.value;
    this.#source.findings.refuse(node, server.reason);
    return undefined;
  }
}
