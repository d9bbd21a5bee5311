const LONGEST = 80;

/** A piece of the file as a message shows it: in quotes, shortened when it is very long. */
export function quote(text: string): string {
  return `"${text.length <= LONGEST ? text : `${text.slice(0, LONGEST).toWellFormed()}…`}"`;
}
