import { readFileSync, readdirSync } from 'node:fs';

/** What a tree of processes uses at one moment. */
export interface Usage {
  /** Bytes resident, shared memory counted once (PSS) where the kernel tells it. */
  readonly bytes: number;
  /** Seconds of processor time since the processes began, with that of the descendants that have ended. */
  readonly cpuSeconds: number;
  readonly processes: number;
}

const TICKS_PER_SECOND = 100;

/** Reads what a process and all its descendants use; from /proc, so Linux only. */
export function usageOf(root: number): Usage {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) {
      const fields = statOf(Number(name));
      if (fields !== null) parents.set(Number(name), Number(fields[1]));
    }
  }
  const isOurs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) if (at === root) return true;
    return false;
  };
  const pids = [...parents.keys()].filter(isOurs);
  // Own time, and that of children that have ended: without it a server whose workers come and go would seem to take less and less.
  const cpu = pids.map((pid) => statOf(pid)).flatMap((fields) => [11, 12, 13, 14].map((field) => Number(fields?.[field] ?? 0)));
  return {
    bytes: pids.reduce((sum, pid) => sum + pssOf(pid), 0),
    cpuSeconds: cpu.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND,
    processes: pids.length,
  };
}

/** The fields of /proc/PID/stat after the name; null when the process has ended. */
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function pssOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
