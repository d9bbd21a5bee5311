/** Whose rules decide which names a folder can hold. */
export const NAME_RULES = ['linux', 'macos', 'windows'] as const;
export type NameRules = (typeof NAME_RULES)[number];

const WINDOWS_RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i;
const WINDOWS_REFUSED = /[<>:"|?*\u0001-\u001f]/;
/** UTF-16 units of a name; a name of 255 bytes never has more. */
const WINDOWS_LONGEST = 255;

/**
 * Why a folder under these rules cannot hold a name at all, in words; null when it can. What other names lie beside it is not asked:
 * see `clashKey`.
 */
export function whyNotHeld(name: string, rules: NameRules): string | null {
  if (rules !== 'windows') return null;
  if (WINDOWS_RESERVED.test(name)) return `Windows reserves the name "${name}"`;
  if (WINDOWS_REFUSED.test(name)) return `Windows cannot hold a character of the name "${name}"`;
  if (/[. ]$/.test(name)) return `Windows cannot hold a name that ends in a dot or space: "${name}"`;
  return name.length > WINDOWS_LONGEST ? `Windows cannot hold a name of more than ${WINDOWS_LONGEST} characters: "${name}"` : null;
}

/** What two names in one folder must not have in common under these rules: they would be one name. */
export function clashKey(name: string, rules: NameRules): string {
  switch (rules) {
    case 'linux':
      return name;
    case 'macos':
      return name.normalize('NFD').toUpperCase().normalize('NFC');
    case 'windows':
      return name.toUpperCase();
    default:
      return rules satisfies never;
  }
}
