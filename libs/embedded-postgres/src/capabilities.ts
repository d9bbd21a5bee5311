import { readFile } from 'node:fs/promises';

/** What root may do on Linux, by the bit in `CapEff`; see capabilities(7). */
const BITS = { chown: 0, dac_override: 1, dac_read_search: 2, kill: 5, setgid: 6, setuid: 7, setpcap: 8 } as const;

export type Capability = keyof typeof BITS;

/** What this process may do now; containers often take some of root's powers away. */
export async function ownCapabilities(): Promise<ReadonlySet<Capability>> {
  return parseCapabilities(await readFile('/proc/self/status', 'utf8'));
}

export function parseCapabilities(status: string): ReadonlySet<Capability> {
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const names = Object.keys(BITS) as Capability[];
  return new Set(names.filter((name) => ((mask >> BigInt(BITS[name])) & 1n) === 1n));
}
