import { cpus, release, totalmem } from 'node:os';
import type { Machine } from './part-record.ts';

/** The machine that measures. */
export function machine(): Machine {
  const processors = cpus();
  return {
    processors: processors.length,
    model: processors[0]?.model.trim() ?? 'unknown processor',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.versions.node,
  };
}
