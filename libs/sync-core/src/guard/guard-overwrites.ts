import type { HoldLimits } from './guard-deletions.ts';

/** Files from which on it is suspicious that every one of them changed while the client did not run. */
export const OVERWRITES_FROM = 50;

/** What the first look at a folder after a start found of the files that were in sync before. */
export interface FirstLook {
  /** Files that the client and the server had agreed on. */
  readonly known: number;
  /** Those among them whose content is another one now. */
  readonly changed: number;
}

/**
 * A restored backup, or a program that encrypted everything, shows as every file with another content. Edits one after another while the
 * client runs are never held: they are in the history, and can be taken back.
 *
 * @returns why the edits must wait, in words; null when they may pass
 */
export function guardOverwrites({ known, changed }: FirstLook, limits: HoldLimits): string | null {
  if (limits === 'off' || known < OVERWRITES_FROM || changed < known) return null;
  return `all ${known} files have another content than when the client last ran`;
}
