import type { PartOptions, Played } from './part.ts';
import { randomKills } from './random-kills.ts';
import { CLIENT, POSTGRES, SERVER } from './victims.ts';

export type PartName = 'client' | 'server' | 'postgres';

/** The parts of the crash suite by the names that `--only` takes. */
export const PARTS: Readonly<Record<PartName, (options: PartOptions) => Promise<Played>>> = {
  client: (options) => randomKills(CLIENT, options),
  server: (options) => randomKills(SERVER, options),
  postgres: (options) => randomKills(POSTGRES, options),
};
