import { type Change, type RelativePath, ancestorsOf } from '@syncpair/contracts';
import type { Transaction } from '../database/database.ts';
import { readFormerVersions } from '../store/read-former-versions.ts';
import { type NamedVersion, countLiveChildrenAt, readAnswered, readHeadsAt, readVersionsAt } from '../store/state-repository.ts';
import type { DirectoryState, Missing } from './directory-state.ts';

/** What changes of a directory need to know, and where it goes. */
export interface Loading {
  readonly directory: number;
  readonly state: DirectoryState;
  readonly proposals: readonly { readonly device: string; readonly changes: readonly Change[] }[];
}

/** What decisions about a directory asked for in vain, and where it goes. */
export interface LoadingMissing {
  readonly directory: number;
  readonly state: DirectoryState;
  readonly missing: Missing;
}

/** Reads what the changes name: a fixed number of statements, however many changes of however many directories they are. */
export async function loadFor(transaction: Transaction, loadings: readonly Loading[]): Promise<void> {
  const named = loadings.flatMap((loading) =>
    loading.proposals.flatMap(({ device, changes }) =>
      changes.map(({ id: changeId }) => ({ loading, directory: loading.directory, device, changeId })),
    ),
  );
  const answers = await readAnswered(transaction, named);
  const answeredPaths = new Map<Loading, RelativePath[]>();
  for (const [index, { loading, device, changeId }] of named.entries()) {
    const answer = answers[index] ?? null;
    if (answer === null) continue;
    loading.state.setAnswered(device, changeId, answer);
    answeredPaths.set(loading, [...(answeredPaths.get(loading) ?? []), answer.path]);
  }
  await loadHeads(
    transaction,
    loadings.map((loading) => {
      const named = loading.proposals.flatMap(({ changes }) => changes.flatMap(pathsOf));
      return { ...loading, heads: new Set([...named, ...(answeredPaths.get(loading) ?? [])]) };
    }),
  );
  await loadMissing(
    transaction,
    loadings.map(({ directory, state, proposals }) => ({ directory, state, missing: foreseen(state, proposals) })),
  );
}

export async function loadMissing(transaction: Transaction, loadings: readonly LoadingMissing[]): Promise<void> {
  await loadHeads(
    transaction,
    loadings.map(({ directory, state, missing: { heads } }) => ({ directory, state, heads })),
  );
  const named = loadings.flatMap(({ directory, state, missing }) =>
    [...missing.versions.values()].map((version) => ({ directory, state, ...version })),
  );
  const versions = await readVersionsAt(transaction, named);
  for (const [index, { state, path, version }] of named.entries()) state.setVersion(path, version, versions[index] ?? null);
  for (const { directory, state, missing } of loadings) {
    const contents = [...missing.contents.values()];
    const former = await readFormerVersions(transaction, directory, contents);
    contents.forEach((content, index) => state.setFormer(content, former[index] ?? []));
  }
  const folders = loadings.flatMap(({ directory, state, missing }) => [...missing.children].map((path) => ({ directory, state, path })));
  const counts = await countLiveChildrenAt(transaction, folders);
  for (const [index, { state, path }] of folders.entries()) state.setChildren(path, counts[index] ?? 0);
}

async function loadHeads(
  transaction: Transaction,
  loadings: readonly { readonly directory: number; readonly state: DirectoryState; readonly heads: ReadonlySet<RelativePath> }[],
): Promise<void> {
  const places = loadings.flatMap(({ directory, state, heads }) => [...heads].map((path) => ({ directory, state, path })));
  const heads = await readHeadsAt(transaction, places);
  for (const [index, { state, path }] of places.entries()) state.setHead(path, heads[index] ?? null);
}

/** What decisions about these changes will most likely ask for, once the heads are known. */
function foreseen(state: DirectoryState, proposals: Loading['proposals']): Missing {
  const versions = new Map<string, NamedVersion>();
  const children = new Set<RelativePath>();
  for (const { changes } of proposals) {
    for (const change of changes) {
      if (change.op === 'move') continue;
      const head = state.head(change.path);
      if (change.base !== null && head !== null && change.base !== head.version) {
        versions.set(`${change.base} ${change.path}`, { path: change.path, version: change.base });
      }
      if (head?.state.kind === 'dir' && (change.op === 'delete' || change.entry.kind !== 'dir')) children.add(change.path);
    }
  }
  return { heads: new Set(), versions, children, contents: new Map() };
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
