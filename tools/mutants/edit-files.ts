import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Edit } from './mutant.ts';

/** How often the text that an edit replaces stands in its file. */
export const occurrences = (root: string, { file, from }: Edit): number => readFileSync(join(root, file), 'utf8').split(from).length - 1;

/** Makes the edits. @returns what puts everything back @throws {Error} when a text does not stand there exactly once */
export function makeEdits(root: string, edits: readonly Edit[]): () => void {
  const before = new Map<string, string>();
  for (const edit of edits) {
    const path = join(root, edit.file);
    if (occurrences(root, edit) !== 1) throw new Error(`${edit.file} does not hold exactly once:\n${edit.from}`);
    const text = readFileSync(path, 'utf8');
    if (!before.has(path)) before.set(path, text);
    // As a function: a replacement text has signs of its own.
    writeFileSync(
      path,
      text.replace(edit.from, () => edit.to),
    );
  }
  return () => {
    for (const [path, text] of before) writeFileSync(path, text);
  };
}
