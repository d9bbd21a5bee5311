import type { RelativePath } from '@syncpair/contracts';

const WINDOWS_RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;

const WINDOWS_REFUSED = /[<>:"|?*\u0001-\u001f]/;

/** Why a platform cannot hold a path, in words; null when it can. */
export function canHold(path: RelativePath, platform: NodeJS.Platform): string | null {
  if (platform !== 'win32') return null;
  for (const name of path.split('/')) {
    if (WINDOWS_RESERVED.test(name)) return `Windows reserves the name "${name}"`;
    if (WINDOWS_REFUSED.test(name)) return `Windows cannot hold a character of the name "${name}"`;
    if (/[. ]$/.test(name)) return `Windows cannot hold a name that ends in a dot or space: "${name}"`;
  }
  return null;
}
