/** Time as the engine sees it; a simulated one makes runs repeatable. */
export interface Clock {
  /** Milliseconds since 1970, as people and mtimes tell it. May jump. */
  wall(): number;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** Calls back once after `ms`; returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
