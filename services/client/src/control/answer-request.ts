import { ControlError, type DaemonControl } from '../daemon/control.ts';
import type { Answer, AnswerError } from './protocol.ts';

/** Answers one line; never rejects. */
export async function answerRequest(control: DaemonControl, line: string): Promise<Answer> {
  const request = parse(line);
  if (request === null) return { id: null, error: { kind: 'unknown', message: 'not a request: JSON with id, method and params' } };
  const { id, method, params } = request;
  const call = method === 'ping' ? () => Promise.resolve('pong') : find(control, method, params);
  if (call === null) return { id, error: { kind: 'unknown', message: `no such request: ${method}` } };
  try {
    return { id, result: (await call()) ?? null };
  } catch (error) {
    return { id, error: describe(error) };
  }
}

function parse(line: string): { id: number; method: string; params: readonly unknown[] } | null {
  try {
    const value = JSON.parse(line) as { id?: unknown; method?: unknown; params?: unknown } | null;
    if (value === null || typeof value.id !== 'number' || typeof value.method !== 'string' || !Array.isArray(value.params)) return null;
    return { id: value.id, method: value.method, params: value.params };
  } catch {
    return null;
  }
}

/** The call that a request names, its parameters checked; null when it is none. */
function find(control: DaemonControl, method: string, params: readonly unknown[]): (() => Promise<unknown>) | null {
  const [first] = params;
  switch (method) {
    case 'status':
    case 'plan':
    case 'holds':
    case 'syncNow':
      return () => control[method]();
    case 'why':
    case 'approveHold':
    case 'rejectHold':
      return typeof first === 'string' ? () => control[method](first) : null;
    case 'flush':
    case 'join':
      return first === 'all' || isNames(first) ? () => control[method](first) : null;
    default:
      return null;
  }
}

const isNames = (value: unknown): value is string[] => Array.isArray(value) && value.every((name) => typeof name === 'string');

function describe(error: unknown): AnswerError {
  if (error instanceof ControlError) return { kind: 'refused', message: error.message };
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}
