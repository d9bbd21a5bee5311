import { type Parsed, parsed, refused } from '@syncpair/contracts';

const POWERS = ['', 'k', 'm', 'g', 't', 'p'];

/** Bytes of `500MB`, `20 GiB`, `1.5T`, `4096`: units of 1,000 with a B, of 1,024 with iB or without either, as people mean them. */
export function parseSize(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?b)?$/i.exec(text.trim());
  if (match === null) return refused(`"${text}" is not a size such as 500MB or 20GiB`);
  const [, number = '', power = '', unit = ''] = match.map((part) => part?.toLowerCase());
  const base = unit === 'b' && power !== '' ? 1_000 : 1_024;
  const bytes = Math.round(Number(number) * base ** POWERS.indexOf(power));
  return Number.isSafeInteger(bytes) ? parsed(bytes) : refused(`"${text}" is too large`);
}
