import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects all garbage of this thread at once, whatever Node was started with: V8 puts the call for it into each context that is made while
 * its flag is set. An ordinary collection keeps the pages it has emptied; the last resort before memory runs out gives them back.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
