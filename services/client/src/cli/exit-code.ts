/** What a command ends with; scripts rely on the numbers. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  timedOut: 3,
  /** Done, but some paths have problems. */
  problems: 4,
  /** Something is held and waits for approval. */
  held: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A hold needs a person, so it comes before problems, which mend themselves when their cause is gone. */
export function exitCodeFor({ problems, holds }: { readonly problems: number; readonly holds: number }): ExitCode {
  if (holds > 0) return EXIT.held;
  return problems > 0 ? EXIT.problems : EXIT.done;
}
