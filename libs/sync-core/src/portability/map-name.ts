import { MAX_NAME_BYTES } from '@syncpair/contracts';
import { type NameRules, whyNotHeld } from './name-rules.ts';

/**
 * Where a character of a name that cannot be held goes: to the private use area, its code kept, as other programs that bring such names to
 * Windows do.
 */
const BASE = 0xf000;
const LAST = 0xf0ff;
/** Stands before a character of that area that a name has by itself. */
const LITERAL = '\uf07f';

const encoder = new TextEncoder();

/**
 * The name under which a folder with these rules keeps a name that it cannot hold; `unmapName` gives back the old one. A name that can be
 * held stays, unless it could be taken for a mapped one. Null when the mapped name would be too long.
 */
export function mapName(name: string, rules: NameRules): string | null {
  if (rules !== 'windows') return name;
  const mapped = mapEnd(mapReserved(mapCharacters(name)));
  return encoder.encode(mapped).length > MAX_NAME_BYTES ? null : mapped;
}

/** The name that `mapName` was given. */
export function unmapName(mapped: string, rules: NameRules): string {
  if (rules !== 'windows') return mapped;
  return mapped.replace(/\uf07f(.)|[\uf000-\uf0ff]/gu, (found, literal: string | undefined) =>
    literal !== undefined ? literal : String.fromCharCode((found.codePointAt(0) as number) - BASE),
  );
}

const mapCharacters = (name: string): string =>
  name.replace(/[<>:"|?*\u0001-\u001f]|[\uf000-\uf0ff]/gu, (found) => {
    const code = found.codePointAt(0) as number;
    return code >= BASE && code <= LAST ? LITERAL + found : away(code);
  });

/** One character of a reserved name is enough. */
const mapReserved = (name: string): string =>
  whyNotHeld(name, 'windows')?.includes('reserves') === true ? away(name.codePointAt(0) as number) + name.slice(1) : name;

const mapEnd = (name: string): string => name.replace(/[. ]$/, (end) => away(end.codePointAt(0) as number));

const away = (code: number): string => String.fromCharCode(BASE + code);
