import { type Parsed, parsed, refused } from '@syncpair/contracts';
import { quote } from './quote.ts';

/** Bytes a second of the lowest limit: with a lower one whoever waits for progress would give up. */
const LEAST = 10_000;
const EXAMPLES = '2 MB/s, 500 KB/s or 10 Mbit/s';
const FACTORS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes a second, as people write them; null for `unlimited`. */
export function parseRate(text: string): Parsed<number | null> {
  const given = text.trim();
  if (given === 'unlimited') return parsed(null);
  if (/^(no|none|off|never|infinite|max|unlimited)$/i.test(given)) return refused(`is ${quote(text)}; write unlimited`);
  const [, number = '', prefix = '', unit] = /^(\d+(?:\.\d+)?) ?([kKMG]?i?)(B|bit)\/s$/.exec(given) ?? [];
  const factor = FACTORS[prefix === 'k' || prefix === 'ki' ? `K${prefix.slice(1)}` : prefix];
  if (unit === undefined || factor === undefined) return refused(`is ${quote(text)}; write ${meant(given)}`);
  const rate = Math.floor((Number(number) * factor) / (unit === 'bit' ? 8 : 1));
  if (rate >= LEAST && Number.isSafeInteger(rate)) return parsed(rate);
  if (rate >= LEAST) return refused(`is ${quote(text)}, which no line carries; write unlimited`);
  return refused(`is ${quote(text)}, too little to get on with; write ${LEAST / 1000} KB/s or more, or unlimited`);
}

/** What to write instead of something that is no rate. */
function meant(given: string): string {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*?)(?:\/s|\/sec|ps)?$/.exec(given) ?? [];
  const scale = unit.slice(0, 1).toUpperCase();
  if (number === '' || !/^[KMG]?i?(b|bytes?|bits?)?$/i.test(unit)) return `a number with its unit, as in ${EXAMPLES}, or unlimited`;
  if (unit === '') return `it with its unit, as in ${number} KB/s`;
  if (/bits?$/i.test(unit)) return `"${number} ${scale}bit/s"`;
  // Whether a small b means bits is told apart by nobody for certain.
  return /b/.test(unit) && !/bytes?$/i.test(unit)
    ? `"${number} ${scale}B/s" for bytes, "${number} ${scale}bit/s" for bits`
    : `"${number} ${scale}B/s"`;
}
