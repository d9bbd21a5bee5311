import { type NameRules, clashKey, whyNotHeld } from './name-rules.ts';

/**
 * What becomes of names that some system cannot hold. `off`: they are told where they cannot be held. `report`: they are told where they are
 * made, too. `refuse`: new ones do not travel. `map`: who cannot hold them keeps them under another name.
 */
export const PORTABILITY_RULES = ['off', 'report', 'refuse', 'map'] as const;
export type PortabilityRule = (typeof PORTABILITY_RULES)[number];

const SYSTEMS = [
  ['windows', 'Windows'],
  ['macos', 'macOS'],
] as const;

/** A name and those beside it in its folder, itself left out. */
export interface PlacedName {
  readonly name: string;
  readonly beside: readonly string[];
}

/** Why not every system can hold a name where it is, in words; null when each can. */
export function whyNotPortable({ name, beside }: PlacedName): string | null {
  const reason = whyNotHeld(name, 'windows');
  if (reason !== null) return reason;
  for (const [rules, system] of SYSTEMS) {
    const [other] = clashing({ name, beside }, rules);
    if (other !== undefined) return `on ${system} "${name}" and "${other}" are one name`;
  }
  return null;
}

/** Those beside a name that are one with it on some system. */
export const namesThatClash = (placed: PlacedName): readonly string[] => [
  ...new Set(SYSTEMS.flatMap(([rules]) => clashing(placed, rules))),
];

function clashing({ name, beside }: PlacedName, rules: NameRules): string[] {
  const key = clashKey(name, rules);
  return beside.filter((one) => one !== name && clashKey(one, rules) === key);
}

/** The rule that a `.syncpairignore` gives to everybody: the last line `# portability: refuse`; null where there is none. */
export function portabilityLine(ignoreFile: string): PortabilityRule | null {
  const lines = [...ignoreFile.matchAll(/^#[ \t]*portability:[ \t]*([a-z]+)[ \t]*\r?$/gm)];
  const word = lines.at(-1)?.[1];
  return PORTABILITY_RULES.find((rule) => rule === word) ?? null;
}
