import { type Head, isSameTime } from '@syncpair/contracts';
import type { FolderNode, Node } from '../files/nodes.ts';
import { contentKey } from './content-key.ts';
import { ignores } from './ignores.ts';

/**
 * What is not on a disk as the server's heads say, line by line: kinds, contents, executable bits, times and names, what the client ignores left
 * out. A folder that the server does not have may stay for what is ignored in it.
 */
export function compareTrees(root: FolderNode, heads: readonly Head[], patterns: readonly string[]): string[] {
  const found: string[] = [];
  const left = new Map(
    heads.flatMap((head) =>
      head.state.kind === 'tombstone' || ignores(patterns, head.path, head.state.kind) ? [] : [[head.path as string, head.state] as const],
    ),
  );
  const visit = (path: string, node: Node): void => {
    if (!ignores(patterns, path, node.kind)) {
      const state = left.get(path);
      left.delete(path);
      if (state === undefined) {
        if (!holdsIgnored(path, node, patterns)) found.push(`${path}: ${describe(node)} here, nothing on the server`);
      } else if (describe(node) !== describe(state)) found.push(`${path}: ${describe(node)} here, ${describe(state)} on the server`);
      else if (!hasTime(node, state)) found.push(`${path}: another time here than on the server`);
    }
    if (node.kind === 'dir') for (const [name, child] of node.children) visit(`${path}/${name}`, child);
  };
  for (const [name, node] of root.children) visit(name, node);
  for (const [path, state] of left) found.push(`${path}: nothing here, ${describe(state)} on the server`);
  return found.sort();
}

function holdsIgnored(path: string, node: Node, patterns: readonly string[]): boolean {
  if (node.kind !== 'dir') return false;
  return [...node.children].some(
    ([name, child]) => ignores(patterns, `${path}/${name}`, child.kind) || holdsIgnored(`${path}/${name}`, child, patterns),
  );
}

const hasTime = (node: Node, state: Head['state']): boolean =>
  node.kind === 'dir' || state.kind === 'dir' || state.kind === 'tombstone' || isSameTime(node.mtime, state.mtime);

function describe(of: Node | Head['state']): string {
  if (of.kind === 'file') return `file ${contentKey(of).slice(0, 10)}${of.executable ? ' executable' : ''}`;
  return of.kind === 'link' ? contentKey(of) : of.kind;
}
