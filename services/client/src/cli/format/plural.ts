import { groupDigits } from './group-digits.ts';

/** `1 file`, `3 files`, `12,000 files`; `many` where adding an s is wrong. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${groupDigits(count)} ${count === 1 ? one : many}`;
}
