/** Whose system calls fail. */
export type FaultySide = 'client' | 'server';

/** Calls of one kind that fail in one process while it works. */
export interface FaultCase {
  readonly side: FaultySide;
  /** As strace names it. */
  readonly call: string;
  /** As `errno` names it. */
  readonly error: string;
  /** The first call of each thread that fails, from 1. */
  readonly first: number;
  /** How many in a row. */
  readonly count: number;
}

export const describeCase = ({ side, call, error, first, count }: FaultCase): string =>
  `${side}: ${error} of ${call} number ${first}${count > 1 ? ` to ${first + count - 1}` : ''}`;
