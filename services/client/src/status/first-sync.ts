import type { DirectoryStatus, Status } from '@syncpair/contracts';
import { plural } from '../cli/format/plural.ts';
import { formatSize } from '../cli/format/size.ts';

/** Milliseconds that a first sync takes without a word. */
const SILENT_MS = 2_000;
/** Milliseconds between two words about it. */
const EVERY_MS = 10_000;

/** Tells how the first sync after a start goes, until every directory was in sync once. Monotonic milliseconds. */
export class FirstSync {
  readonly #begun: number;
  readonly #done = new Set<string>();
  #tellAt: number;

  constructor(now: number) {
    this.#begun = now;
    this.#tellAt = now + SILENT_MS;
  }

  /** True for ever once there is nothing more to tell. */
  isOver = false;

  /** What a log should say now. */
  look({ directories }: Status, now: number): string[] {
    const arrived = directories.filter((directory) => !this.#done.has(directory.name) && isThere(directory));
    for (const { name } of arrived) this.#done.add(name);
    const open = directories.filter(({ name }) => !this.#done.has(name));
    this.isOver = open.length === 0;
    const due = now >= this.#tellAt;
    if (due) this.#tellAt = now + EVERY_MS;
    return [
      ...arrived.map((directory) => `${directory.name}: ${describeEnd(directory)}${took(now - this.#begun)}`),
      ...(due ? open.flatMap((directory) => describeWork(directory) ?? []) : []),
    ];
  }
}

/** In sync, or as far as it comes without a person. */
const isThere = ({ in_sync: inSync, state }: DirectoryStatus): boolean => inSync || state === 'held';

const describeEnd = ({ in_sync: inSync }: DirectoryStatus): string =>
  inSync ? 'in sync' : 'in sync but for deletions that wait for approval; see "syncpair holds list"';

const took = (ms: number): string => (ms < SILENT_MS ? '' : `, after ${Math.round(ms / 1_000)} s`);

function describeWork({ name, state, pending }: DirectoryStatus): string | null {
  const parts = [
    ...(pending.upload.files > 0 ? [`${plural(pending.upload.files, 'file')} to send (${formatSize(pending.upload.bytes)})`] : []),
    ...(pending.download.files > 0 ? [`${plural(pending.download.files, 'file')} to fetch (${formatSize(pending.download.bytes)})`] : []),
    ...(pending.delete > 0 ? [`${plural(pending.delete, 'deletion')} to make`] : []),
  ];
  // The connection tells by itself that the server is away.
  if (state === 'scanning') return `${name}: still looking at the folder${parts.length > 0 ? `; so far ${parts.join(', ')}` : ''}`;
  return state === 'syncing' && parts.length > 0 ? `${name}: still ${parts.join(', ')}` : null;
}
