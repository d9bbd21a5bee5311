import { PassThrough } from 'node:stream';
import type { ExitCode } from './exit-code.ts';
import type { OutputStream } from './terminal.ts';

/** For tests: what a command wrote and how it ended. */
export async function captured(
  run: (stdout: OutputStream, stderr: OutputStream) => Promise<ExitCode>,
): Promise<{ readonly code: ExitCode; readonly stdout: string; readonly stderr: string }> {
  const streams = [new PassThrough(), new PassThrough()] as const;
  const texts = ['', ''];
  streams.forEach((stream, index) => stream.setEncoding('utf8').on('data', (text: string) => (texts[index] += text)));
  const code = await run(...streams);
  await Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('end', resolve).end())));
  return { code, stdout: texts[0] ?? '', stderr: texts[1] ?? '' };
}
