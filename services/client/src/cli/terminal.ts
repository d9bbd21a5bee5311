import { hasColours } from '../log/stream-sink.ts';

/** stdout or stderr: a terminal, a file, a pipe. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What commands write: results to stdout, progress to a terminal on stderr. */
export interface Terminal {
  /** Lines of text for people. */
  print(...lines: readonly string[]): void;
  /** The one JSON document of `--json`. */
  printJson(value: unknown): void;
  readonly style: Style;
  /** A line that is overwritten; shown only on a terminal, from a second after the start on. */
  progress(): Progress;
}

export interface Progress {
  update(text: string): void;
  end(): void;
}

/** Colours where stdout is a terminal, else the text as it is. */
export interface Style {
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const coloured =
  (on: boolean, code: number) =>
  (text: string): string =>
    on ? `\u001b[${code}m${text}\u001b[0m` : text;

export const styleFor = (on: boolean): Style => ({
  good: coloured(on, 32),
  warn: coloured(on, 33),
  bad: coloured(on, 31),
  dim: coloured(on, 2),
  bold: coloured(on, 1),
});

const PROGRESS_AFTER_MS = 1000;

export function createTerminal(stdout: OutputStream, stderr: OutputStream): Terminal {
  return {
    print: (...lines) => void stdout.write(lines.map((line) => `${line}\n`).join('')),
    printJson: (value) => void stdout.write(`${JSON.stringify(value, null, stdout.isTTY === true ? 2 : 0)}\n`),
    style: styleFor(hasColours(stdout)),
    progress: () => {
      const shownFrom = performance.now() + PROGRESS_AFTER_MS;
      let shown = false;
      return {
        update(text) {
          if (stderr.isTTY !== true || performance.now() < shownFrom) return;
          shown = true;
          stderr.write(`\r\u001b[2K${text.slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`);
        },
        end() {
          if (shown) stderr.write('\r\u001b[2K');
          shown = false;
        },
      };
    },
  };
}
