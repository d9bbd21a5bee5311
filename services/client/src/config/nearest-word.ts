/** The word that `text` was probably meant to be, or null when none is near: `sever` is near `server`, `clientId` equals `client_id`. */
export function nearestWord(text: string, words: readonly string[]): string | null {
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_ .]/g, '');
  const wanted = plain(text);
  // Longer than twice any word is no slip of the fingers, and would only cost time.
  if (wanted === '' || wanted.length > 64) return null;
  let best: { word: string; distance: number } | null = null;
  for (const word of words) {
    const distance = editDistance(wanted, plain(word));
    if (distance <= Math.max(1, Math.floor(word.length / 4)) && (best === null || distance < best.distance)) best = { word, distance };
  }
  return best?.word ?? null;
}

/** Characters to insert, remove, replace, or swap with their neighbour. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let at = 1; at <= to.length; at++) {
      const same = from[row - 1] === to[at - 1];
      let cost = Math.min((last[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1, (last[at - 1] ?? 0) + (same ? 0 : 1));
      const swapped = row > 1 && at > 1 && from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[at - 2] ?? 0) + 1);
      current.push(cost);
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? 0;
}
