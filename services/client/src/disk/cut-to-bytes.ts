/** The longest beginning of `text` that takes at most `bytes` in UTF-8, no character cut in two. */
export function cutToBytes(text: string, bytes: number): string {
  let length = 0;
  let end = 0;
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
