import { hasColours } from '../../services/client/src/log/stream-sink.ts';
import { styleFor } from '../../services/client/src/cli/terminal.ts';

/** Columns of what is told before the time that it took. */
const WIDTH = 72;

/** Tells on a terminal, or into a file, what happens. */
export interface Narrator {
  readonly isTerminal: boolean;
  line(text: string): void;
  /** A new step of the script. */
  step(number: number, title: string): void;
  /** Something that somebody does. */
  act(text: string): void;
  /** What is waited for; on a terminal it is replaced by what came of it. */
  pending(text: string): void;
  done(text: string, took?: number): void;
  /** A command, as it is typed. */
  command(words: string): void;
  /** What a command printed. */
  output(text: string): void;
  failure(text: string): void;
  log(name: string, lines: readonly string[]): void;
}

/** `until`: says nothing more once it is aborted. */
export function narrator(stream: NodeJS.WriteStream, until?: AbortSignal): Narrator {
  const style = styleFor(hasColours(stream));
  const write = (text: string): void => {
    if (until?.aborted !== true) stream.write(text);
  };
  const line = (text: string): void => write(`${text}\n`);
  let waiting = false;
  const clear = (): void => {
    if (waiting) write('\r\u001b[2K');
    waiting = false;
  };
  return {
    isTerminal: stream.isTTY,
    line,
    step: (number, title) => line(`\n${style.bold(`${number}  ${title}`)}`),
    act: (text) => line(`   ${text}`),
    pending(text) {
      if (!stream.isTTY) return;
      clear();
      write(style.dim(`   … ${text}`));
      waiting = true;
    },
    done(text, took) {
      clear();
      const time = took === undefined ? '' : style.dim(duration(took).padStart(Math.max(8, WIDTH - text.length)));
      line(`   ${style.good('✓')} ${text}${time}`);
    },
    command: (words) => line(`   ${style.dim('$')} ${words}`),
    output: (text) =>
      text
        .trimEnd()
        .split('\n')
        .forEach((each) => line(`     ${each}`)),
    failure(text) {
      clear();
      line(`\n   ${style.bad('✗')} ${text}`);
    },
    log(name, lines) {
      line(`\n${style.bold(`the last lines of ${name}`)}`);
      for (const each of lines) line(`  ${each}`);
    },
  };
}

const duration = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
