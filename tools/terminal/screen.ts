/** How a cell looks; colours are the numbers 0 to 15 of a terminal's palette, null its own. */
export interface CellStyle {
  readonly colour: number | null;
  readonly bold: boolean;
  readonly dim: boolean;
}

export interface Cell extends CellStyle {
  readonly character: string;
}

/** One line from its first column on; cells that nothing was written to are spaces. */
export type Line = readonly Cell[];

const PLAIN: CellStyle = { colour: null, bold: false, dim: false };
/** A control sequence, a title or other string sequence, or one character with what combines with it. */
const PIECE = /\u001b\[([0-9;?]*)([A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b.|\P{M}[\p{M}\u200d\ufe0f]*/gsu;

/**
 * What a terminal shows after a program has written `text`: colours, overwritten lines (`\r`), moves up and erasures are carried out, so
 * that of a progress line only its end is left. Lines are not wrapped.
 */
export function readScreen(text: string): Line[] {
  const screen = new Screen();
  for (const [piece, parameters, command] of text.matchAll(PIECE)) {
    if (command !== undefined) screen.control(command, parameters ?? '');
    else if (!piece.startsWith('\u001b')) screen.write(piece);
  }
  return screen.lines();
}

class Screen {
  readonly #lines: Cell[][] = [[]];
  #row = 0;
  #column = 0;
  #style = PLAIN;

  lines(): Line[] {
    const isBlank = (line: readonly Cell[] | undefined): boolean => line !== undefined && line.every(({ character }) => character === ' ');
    const lines = this.#lines.map((line) => Array.from(line, (cell: Cell | undefined) => cell ?? { character: ' ', ...PLAIN }));
    while (isBlank(lines.at(-1))) lines.pop();
    while (isBlank(lines[0])) lines.shift();
    return lines;
  }

  write(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') {
      this.#moveTo(this.#row + 1);
      this.#column = 0;
    } else if (character === '\t') this.#column = (Math.floor(this.#column / 8) + 1) * 8;
    else if (character >= ' ' && character !== '\u007f') this.#line()[this.#column++] = { character, ...this.#style };
  }

  control(command: string, parameters: string): void {
    const numbers = parameters.split(';').map(Number);
    const count = Math.max(1, numbers[0] ?? 1);
    if (command === 'm') for (const number of numbers) this.#style = restyle(this.#style, number);
    else if (command === 'A') this.#row = Math.max(0, this.#row - count);
    else if (command === 'B') this.#moveTo(this.#row + count);
    else if (command === 'G') this.#column = count - 1;
    else if (command === 'K') this.#erase(numbers[0] ?? 0);
  }

  #line(): Cell[] {
    return this.#lines[this.#row] as Cell[];
  }

  #moveTo(row: number): void {
    this.#row = row;
    while (this.#lines.length <= row) this.#lines.push([]);
  }

  /** 0: from the cursor on, 1: up to it, 2: the whole line. */
  #erase(what: number): void {
    const line = this.#line();
    if (what === 0) line.splice(this.#column);
    else if (what === 2) line.splice(0);
    else for (let at = 0; at <= this.#column; at++) line[at] = { character: ' ', ...PLAIN };
  }
}

function restyle(style: CellStyle, number: number): CellStyle {
  if (number === 0) return PLAIN;
  if (number === 1) return { ...style, bold: true };
  if (number === 2) return { ...style, dim: true };
  if (number === 22) return { ...style, bold: false, dim: false };
  if (number === 39) return { ...style, colour: null };
  if (number >= 30 && number <= 37) return { ...style, colour: number - 30 };
  if (number >= 90 && number <= 97) return { ...style, colour: number - 90 + 8 };
  return style;
}
