import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const MIB = 1024 * 1024;

/** What a process holds in memory (Linux), in bytes. */
export interface Memory {
  readonly now: number;
  /** The most since the start, or since `forgetPeak`. */
  readonly peak: number;
}

/** @throws {Error} when there is no such process */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
  return { now: field('VmRSS'), peak: field('VmHWM') };
}

/** Lets the peak begin again at what is held now. */
export const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');

/** A process and all below it. */
export function familyOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [pid];
  for (const one of found) found.push(...(children.get(one) ?? []));
  return found;
}

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    // It has ended since the listing.
    return null;
  }
}

export const inMiB = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;

/** Peaks for whoever reads the output: `alice 120 MiB, …`. */
export const tellPeaks = (pids: Readonly<Record<string, number>>): string =>
  Object.entries(pids)
    .map(([name, pid]) => `${name} ${inMiB(memoryOf(pid).peak)}`)
    .join(', ');
