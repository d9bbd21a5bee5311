import { type Brand, type Parsed, parsed, refused } from './brand.ts';

/** The key of a directory's storage on the server: `name` when shared, `client:name` when private. */
export type DirectoryKey = Brand<string, 'DirectoryKey'>;

/** How a client names a directory: its own id, the directory's name, and whether it is shared. */
export interface DirectoryRef {
  readonly client_id: string;
  readonly name: string;
  readonly shared: boolean;
}

const MAX_LABEL_BYTES = 255;

/** Checks a `client_id` or a directory's `name`. Both are labels, never paths. */
export function parseLabel(text: string): Parsed<string> {
  if (text === '') return refused('it is empty');
  if (text === '.' || text === '..') return refused(`it is "${text}"`);
  if (!text.isWellFormed()) return refused('it is not valid Unicode');
  if (new TextEncoder().encode(text).length > MAX_LABEL_BYTES) return refused(`it is longer than ${MAX_LABEL_BYTES} bytes`);

  if (/[\u0000-\u001f\u007f]/.test(text)) return refused('it contains a control character');
  return parsed(text);
}

const escapeLabel = (label: string): string => label.replaceAll('%', '%25').replaceAll(':', '%3A');

/**
 * The directory's key. Injective whatever the labels contain: `%` and `:` inside a label are escaped, so the only bare `:` is the one
 * between client and name, and a shared `alice:notes` never meets alice's private `notes`.
 */
export function directoryKey(ref: DirectoryRef): DirectoryKey {
  const name = escapeLabel(ref.name);
  return (ref.shared ? name : `${escapeLabel(ref.client_id)}:${name}`) as DirectoryKey;
}
