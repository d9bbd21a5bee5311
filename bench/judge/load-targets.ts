import type { Committed } from '../load/calls.ts';
import { readable } from './readable.ts';
import { sizeOf } from './size-of.ts';
import type { Target } from './target.ts';

const CLIENTS = 1_000;
const LEAST_COMMITS = 1_000;
const MOST_MB = 1_000;
const MOST_TOLD_MS = 500;
const MOST_BACK_MS = 10_000;

const commitTarget = (what: Committed, directories: number): Target => ({
  work: `durable small commits: ${what === 'files' ? 'files of 1 kB' : 'folders'}, ${directories === 1 ? 'one hot directory' : `${directories} directories`}`,
  aim: `at least ${readable(LEAST_COMMITS)} a second`,
  find: ({ load }) => {
    const found = load?.commits.find((each) => each.what === what && each.directories === directories);
    if (found === undefined) return null;
    return {
      text:
        `${readable(found.perSecond)} a second, p95 ${found.p95Ms} ms; processor time a second: ` +
        `server ${readable(found.serverCpu)} s, load generator ${readable(found.generatorCpu)} s`,
      isHeld: found.perSecond >= LEAST_COMMITS,
    };
  },
});

/** Targets of one server with many clients. */
export const LOAD_TARGETS: readonly Target[] = [
  ...(['folders', 'files'] as const).flatMap((what) => [1, 64].map((directories) => commitTarget(what, directories))),
  {
    work: '1,000 connected clients',
    aim: 'at most 1 GB, the whole server',
    find: ({ load }) =>
      load?.holding === undefined
        ? null
        : {
            text: `${readable(load.holding.serverMb)} MB (${readable(load.atRestMb)} MB without them)`,
            isHeld: load.holding.serverMb <= MOST_MB,
            size: sizeOf(load.holding.clients, CLIENTS, 'clients'),
          },
  },
  {
    work: 'one commit told to 1,000 subscribers',
    aim: `p95 at most ${MOST_TOLD_MS} ms`,
    find: ({ load }) =>
      load?.told === undefined
        ? null
        : {
            text: `p50 ${readable(load.told.p50Ms)} ms, p95 ${readable(load.told.p95Ms)} ms`,
            isHeld: load.told.p95Ms <= MOST_TOLD_MS,
            size: sizeOf(load.told.subscribers, CLIENTS, 'subscribers'),
          },
  },
  {
    work: '1,000 clients that come back at once',
    aim: 'settled within 10 s',
    find: ({ load }) =>
      load?.back === undefined
        ? null
        : {
            text: `${readable(load.back.allBackMs / 1000)} s, after a start of ${readable(load.back.startMs / 1000)} s`,
            isHeld: load.back.allBackMs <= MOST_BACK_MS,
            size: sizeOf(load.holding?.clients ?? 0, CLIENTS, 'clients'),
          },
  },
];
