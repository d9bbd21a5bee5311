import { parseArgs } from 'node:util';
import { OPTION_TABLE, type OptionLine, type OptionName } from './option-table.ts';
import type { Options } from './options.ts';
import { PARTS, type PartName } from './parts.ts';

export type ReadOptions =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'help' }
  /** One sentence that names the option and says what it takes. */
  | { readonly kind: 'refused'; readonly reason: string };

type Given = Readonly<Partial<Record<OptionName, string | boolean>>>;

const NAMES = Object.keys(OPTION_TABLE) as OptionName[];
const lineOf = (name: OptionName): OptionLine => OPTION_TABLE[name];

/** Reads a command line: what is given, and the size of the run for the rest. */
export function readOptions(args: readonly string[]): ReadOptions {
  let given: Given;
  try {
    const options = Object.fromEntries(
      NAMES.map((name) => [name, { type: lineOf(name).kind === 'switch' ? 'boolean' : 'string' }] as const),
    );
    given = parseArgs({ args: [...args], options, strict: true }).values as Given;
  } catch (error) {
    return { kind: 'refused', reason: (error as Error).message.split('\n')[0] ?? '' };
  }
  if (given.help === true) return { kind: 'help' };
  for (const name of NAMES) {
    const reason = refusalOf(name, given[name]);
    if (reason !== null) return { kind: 'refused', reason };
  }
  if (given.profile !== undefined && given.quick !== true && given.out === undefined)
    return {
      kind: 'refused',
      reason: '--profile slows down what is measured: give --quick, or --out for figures that are not kept with the others',
    };
  const parts = partsOf(given.only as string | undefined);
  return typeof parts === 'string' ? { kind: 'refused', reason: parts } : { kind: 'options', options: optionsOf(given, parts) };
}

function refusalOf(name: OptionName, value: string | boolean | undefined): string | null {
  if (typeof value !== 'string') return null;
  switch (lineOf(name).kind) {
    case 'count':
      return /^[1-9]\d{0,9}$/.test(value) ? null : `--${name} takes a whole number from 1 on, not "${value}"`;
    case 'counts':
      return /^[1-9]\d{0,9}(,[1-9]\d{0,9})*$/.test(value) ? null : `--${name} takes whole numbers with commas between them, not "${value}"`;
    default:
      return value === '' ? `--${name} takes a value` : null;
  }
}

/** @returns the parts in their order, or why not */
function partsOf(only: string | undefined): PartName[] | string {
  const wanted = new Set<string>();
  for (const name of only?.split(',') ?? PARTS) {
    if (name === 'targets') for (const part of PARTS.filter((each) => each !== 'compare')) wanted.add(part);
    else if (name === 'report' || PARTS.some((part) => part === name)) wanted.add(name);
    else return `--only knows ${PARTS.join(', ')}, targets (all but compare) and report, not "${name}"`;
  }
  if (wanted.has('report') && wanted.size > 1) return '--only report measures nothing and goes with no other part';
  return PARTS.filter((part) => wanted.has(part));
}

function optionsOf(given: Given, parts: readonly PartName[]): Options {
  const isQuick = given.quick === true;
  const text = (name: OptionName): string => {
    const { full, quick } = lineOf(name);
    return String(given[name] ?? (isQuick ? (quick ?? full) : full));
  };
  const count = (name: OptionName): number => Number(text(name));
  const handedOn = NAMES.filter((name) => lineOf(name).isOfComparison === true && (given[name] ?? lineOf(name).full) !== null);
  return {
    isQuick,
    parts,
    work: given.work === undefined ? null : text('work'),
    out: given.out === undefined ? null : text('out'),
    profile: given.profile === undefined ? null : text('profile'),
    trees: [...new Set(text('trees').split(',').map(Number))].toSorted((a, b) => a - b),
    saves: count('saves'),
    restSeconds: count('rest-seconds'),
    scanFiles: count('scan-files'),
    bigMib: count('big-mib'),
    cutMib: count('cut-mib'),
    cuts: count('cuts'),
    cutBytesPerSecond: count('cut-kib-per-second') * 1024,
    seed: count('seed'),
    clients: count('clients'),
    loadSeconds: count('load-seconds'),
    connections: count('connections'),
    comparison: [
      ...(isQuick ? ['--quick'] : []),
      '--big-mib',
      text('big-mib'),
      ...(given.work === undefined ? [] : ['--work', text('work')]),
      ...handedOn.flatMap((name) => [`--${name}`, text(name)]),
    ],
  };
}
