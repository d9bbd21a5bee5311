import { releaseAtRest } from './release-at-rest.ts';

/** Says so once something that nobody holds any more was collected; runs with `--expose-gc`. */
const registry = new FinalizationRegistry(() => process.stdout.write('collected\n', () => process.exit(0)));
/** In a function of its own, whose frame holds it no longer. */
const leave = (): void => registry.register({ large: new Array(1_000).fill(0) }, 0);
leave();
releaseAtRest(undefined, 50);
const end = performance.now() + 300;
const work = setInterval(() => {
  for (const until = performance.now() + 10; performance.now() < until;) JSON.stringify({ a: performance.now() });
  if (performance.now() > end) clearInterval(work);
}, 1);
setInterval(() => undefined, 1_000);
