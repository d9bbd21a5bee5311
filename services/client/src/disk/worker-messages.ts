import { DiskProblem, type DiskAction, type DiskResult } from './disk.ts';
import type { DiskCore } from './disk-core.ts';
import type { KnownRoot } from './root.ts';

/** What `DiskCore` answers on its thread. */
export type CoreMethod =
  'identify' | 'list' | 'listChanged' | 'stat' | 'differ' | 'hash' | 'chunk' | 'read' | 'readParts' | 'apply' | 'clean';

export type Answer<Method extends CoreMethod> = ReturnType<DiskCore[Method]>;

export interface CoreRequest {
  readonly id: number;
  readonly method: CoreMethod;
  readonly args: readonly unknown[];
}

export type CoreAnswer =
  | { readonly id: number; readonly status: 'answered'; readonly value: unknown }
  | { readonly id: number; readonly status: 'root_lost'; readonly message: string }
  | { readonly id: number; readonly status: 'failed'; readonly message: string };

/** What the thread is started with. */
export interface WorkerStart {
  readonly root: string;
  readonly identity: KnownRoot | undefined;
}

/**
 * The same actions with all their bytes in one new buffer, which then changes threads without being copied. The callers' own buffers stay
 * theirs: small ones are parts of a pool that must never leave its thread.
 */
export function packBytes(actions: readonly DiskAction[]): { readonly actions: readonly DiskAction[]; readonly buffer: ArrayBuffer } {
  const bytesOf = (action: DiskAction): Uint8Array | null =>
    action.op === 'file' && 'bytes' in action.content ? action.content.bytes : null;
  const packed = new Uint8Array(actions.reduce((sum, action) => sum + (bytesOf(action)?.length ?? 0), 0));
  let at = 0;
  const moved = actions.map((action) => {
    const bytes = bytesOf(action);
    if (bytes === null || action.op !== 'file') return action;
    packed.set(bytes, at);
    at += bytes.length;
    return { ...action, content: { bytes: packed.subarray(at - bytes.length, at) } };
  });
  return { actions: moved, buffer: packed.buffer };
}

/** Problems lose their class between threads; this gives it back. */
export function reviveProblems(method: CoreMethod, value: unknown): unknown {
  if (method === 'apply') return (value as DiskResult[]).map(reviveResult);
  return Array.isArray(value) ? value.map(reviveProblem) : reviveProblem(value);
}

function reviveResult(result: DiskResult): DiskResult {
  return result.status === 'problem' ? { ...result, problem: new DiskProblem(result.problem.code, result.problem.message) } : result;
}

function reviveProblem(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('message' in value)) return value;
  return new DiskProblem(String(value.code), String(value.message));
}
