/**
 * Begins the command line of a process whose clock is wrong by so many milliseconds: it dates what it does by that clock, while its pauses
 * last as long as they always do. Files get their times from the system, which knows nothing of it.
 */
export const clockOff = (milliseconds: number): readonly string[] => [
  'env',
  `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(scriptFor(milliseconds))}`,
];

const scriptFor = (milliseconds: number): string => `
  const now = Date.now;
  globalThis.Date = class extends Date {
    constructor(...given) {
      if (given.length === 0) super(now() + ${milliseconds});
      else super(...given);
    }
    static now() {
      return now() + ${milliseconds};
    }
  };
`;
