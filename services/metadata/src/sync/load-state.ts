import { type Change, type RelativePath, type VersionId, ancestorsOf } from '@syncpair/contracts';
import type { Transaction } from '../database/database.ts';
import { readFormerVersions } from '../store/read-former-versions.ts';
import { countLiveChildren, readAnswered, readHeads, readVersions } from '../store/state-repository.ts';
import type { DirectoryState, Missing } from './directory-state.ts';

export interface DeviceChanges {
  readonly device: string;
  readonly changes: readonly Change[];
}

/** Reads what the changes name: a fixed number of statements, however many they are. */
export async function loadFor(
  transaction: Transaction,
  directory: number,
  state: DirectoryState,
  groups: readonly DeviceChanges[],
): Promise<void> {
  const heads = new Set<RelativePath>();
  for (const { changes } of groups) for (const change of changes) for (const path of pathsOf(change)) heads.add(path);
  const answered = await readAnswered(
    transaction,
    directory,
    groups.flatMap(({ device, changes }) => changes.map(({ id }) => ({ device, changeId: id }))),
  );
  for (const { device, changeId, answer } of answered) {
    state.setAnswered(device, changeId, answer);
    heads.add(answer.path);
  }
  state.setHeads(heads, await readHeads(transaction, directory, [...heads]));
  const versions = new Map<string, { path: RelativePath; version: VersionId }>();
  const children = new Set<RelativePath>();
  for (const { changes } of groups) {
    for (const change of changes) {
      if (change.op === 'move') continue;
      const head = state.head(change.path);
      if (change.base !== null && head !== null && change.base !== head.version) {
        versions.set(`${change.base} ${change.path}`, { path: change.path, version: change.base });
      }
      if (head?.state.kind === 'dir' && (change.op === 'delete' || change.entry.kind !== 'dir')) children.add(change.path);
    }
  }
  await loadMissing(transaction, directory, state, { heads: new Set(), versions, children, contents: new Map() });
}

export async function loadMissing(transaction: Transaction, directory: number, state: DirectoryState, missing: Missing): Promise<void> {
  state.setHeads(missing.heads, await readHeads(transaction, directory, [...missing.heads]));
  const named = [...missing.versions.values()];
  for (const { path, version } of named) state.setVersion(path, version, null);
  for (const { path, stored } of await readVersions(transaction, directory, named)) state.setVersion(path, stored.version, stored);
  const contents = [...missing.contents.values()];
  const former = await readFormerVersions(transaction, directory, contents);
  contents.forEach((content, index) => state.setFormer(content, former[index] ?? []));
  const folders = [...missing.children];
  const counts = await countLiveChildren(transaction, directory, folders);
  for (const folder of folders) state.setChildren(folder, counts.get(folder) ?? 0);
}

function pathsOf(change: Change): RelativePath[] {
  switch (change.op) {
    case 'put':
      return [change.path, ...ancestorsOf(change.path)];
    case 'delete':
      return [change.path];
    case 'move':
      return [change.from, change.to, ...ancestorsOf(change.to)];
  }
}
