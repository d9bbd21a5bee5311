import type { LineCounter } from 'yaml';
import type { ConfigError, Place } from './config.ts';

/** Where something stands: an offset in the text, or a node of the parsed YAML. */
export type Spot = number | { readonly range?: readonly [number, number, number] | null | undefined };

/** Collects what is wrong (errors) and what is doubtful (warnings) in one file, each with its place. */
export class Findings {
  readonly file: string;
  readonly errors: ConfigError[] = [];
  readonly warnings: ConfigError[] = [];
  readonly #lines: LineCounter;

  constructor(file: string, lines: LineCounter) {
    this.file = file;
    this.#lines = lines;
  }

  refuse(spot: Spot, message: string): void {
    this.errors.push({ file: this.file, place: this.placeOf(spot), message });
  }

  warn(spot: Spot, message: string): void {
    this.warnings.push({ file: this.file, place: this.placeOf(spot), message });
  }

  placeOf(spot: Spot): Place {
    const { line, col } = this.#lines.linePos(typeof spot === 'number' ? spot : (spot.range?.[0] ?? 0));
    // Before the first line ending the counter knows no line.
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}
