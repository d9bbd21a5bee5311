import type { PartOptions, Played } from './part.ts';
import { killPoints } from './kill-points.ts';
import { CLIENT_CALLS, CLIENT_POINTS, SERVER_CALLS, SERVER_POINTS } from './point-victims.ts';
import { powerCuts } from './power-cuts.ts';
import { randomKills } from './random-kills.ts';
import { CLIENT, POSTGRES, SERVER } from './victims.ts';

export type PartName = 'client' | 'server' | 'postgres' | 'client-points' | 'server-points' | 'power';

/** The parts of the crash suite by the names that `--only` takes. */
export const PARTS: Readonly<Record<PartName, (options: PartOptions) => Promise<Played>>> = {
  'client-points': (options) => killPoints(CLIENT_POINTS, CLIENT_CALLS, options),
  'server-points': (options) => killPoints(SERVER_POINTS, SERVER_CALLS, options),
  power: powerCuts,
  client: (options) => randomKills(CLIENT, options),
  server: (options) => randomKills(SERVER, options),
  postgres: (options) => randomKills(POSTGRES, options),
};
