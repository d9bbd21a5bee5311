import type { NetworkFaults } from '../network/simulated-link.ts';

/** Everything that happens to a simulated world from outside, as data: a seed makes one, a file keeps one, shrinking makes it smaller. */
export interface Plan {
  /** Decides what the steps leave open: delays, which fault hits whom, what a power cut loses. */
  readonly seed: string;
  readonly clients: readonly ClientPlan[];
  /** How many directories every client keeps. */
  readonly directories: number;
  readonly network: NetworkFaults;
  /** The part of file events that vanish without a word. */
  readonly silentLoss: number;
  /** In order of time. */
  readonly steps: readonly Step[];
}

export interface ClientPlan {
  /** Milliseconds by which its clock is wrong. */
  readonly skew: number;
  readonly ignore: readonly string[];
}

export interface Step {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly client: number;
  /** Ignored by acts that are about the whole machine. */
  readonly directory: number;
  readonly act: Act;
}

/** What somebody does in a folder. `text` makes the content and is unique; what does not fit what lies there is left undone. */
export type UserAct =
  | { readonly do: 'write'; readonly path: string; readonly text: string; readonly size: number }
  | { readonly do: 'append'; readonly path: string; readonly text: string }
  /** Empties the file, writes one half, and the other half `pause` milliseconds later. */
  | { readonly do: 'rewrite'; readonly path: string; readonly text: string; readonly size: number; readonly pause: number }
  /** Writes a new file beside and renames it over the old one `pause` milliseconds later. */
  | { readonly do: 'save'; readonly path: string; readonly text: string; readonly size: number; readonly pause: number }
  /** Moves the file away, writes it anew, and removes the old one, as some editors do. */
  | { readonly do: 'backup'; readonly path: string; readonly text: string; readonly size: number; readonly pause: number }
  | { readonly do: 'delete'; readonly path: string }
  | { readonly do: 'rename'; readonly path: string; readonly to: string }
  | { readonly do: 'copy'; readonly path: string; readonly to: string }
  | { readonly do: 'mkdir'; readonly path: string }
  /** Puts something of another kind in its place. */
  | { readonly do: 'swap'; readonly path: string; readonly kind: 'file' | 'dir' | 'link'; readonly text: string }
  | { readonly do: 'chmod'; readonly path: string }
  /** `mtime` in milliseconds since 1970. */
  | { readonly do: 'touch'; readonly path: string; readonly mtime: number }
  /** Nobody may enter the folder for `ms`. */
  | { readonly do: 'close'; readonly path: string; readonly ms: number };

/** What happens to a machine. */
export type MachineAct =
  | { readonly do: 'start' }
  | { readonly do: 'stop' }
  | { readonly do: 'kill' }
  /** Is killed at the next thing that its client does on a disk, if that comes within `ms`: the disk has it, the state does not. */
  | { readonly do: 'strike'; readonly ms: number }
  | { readonly do: 'power' }
  | { readonly do: 'offline'; readonly ms: number }
  | { readonly do: 'streamcut' }
  | { readonly do: 'root'; readonly how: 'gone' | 'replaced'; readonly ms: number }
  /** Its state is lost while it is off. */
  | { readonly do: 'forget' }
  /** File events overflow for `ms`. */
  | { readonly do: 'deaf'; readonly ms: number }
  /** Starts again with these ignore patterns. */
  | { readonly do: 'ignore'; readonly patterns: readonly string[] };

export type Act = UserAct | MachineAct;

export const MACHINE_ACTS: ReadonlySet<Act['do']> = new Set<Act['do']>([
  'start',
  'stop',
  'kill',
  'strike',
  'power',
  'offline',
  'streamcut',
  'root',
  'forget',
  'deaf',
  'ignore',
]);
