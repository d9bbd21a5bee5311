/**
 * Everything that a terminal or a log could take for something else than a character of a name: control characters (C0, DEL, C1, and with
 * them every escape sequence), line and paragraph separators, marks and overrides of the writing direction, invisible fillers.
 */

const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` on one line, with each such character spelt out (`\n`, `\u{1b}`); everything else as it is. Lone surrogates become U+FFFD. */
export function escapeText(text: string): string {
  return text.toWellFormed().replace(UNSAFE, (character) => SHORT[character] ?? `\\u{${character.charCodeAt(0).toString(16)}}`);
}
