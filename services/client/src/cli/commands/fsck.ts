import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { plural } from '../format/plural.ts';
import { formatSize } from '../format/size.ts';
import { type StorageCommandOptions, storageOf } from '../storage-options.ts';

/** Problems that are listed one by one. */
const MAX_LISTED = 10_000;
/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 5_000;

export interface FsckCommandOptions extends StorageCommandOptions {
  readonly repair?: boolean;
}

export async function fsck(options: FsckCommandOptions, _args: readonly string[], context: CliContext): Promise<ExitCode> {
  const { checkStorage } = await import('@syncpair/standalone');
  const { terminal, now } = context;
  const log = context.log.child('fsck');
  let told = now();
  const repair = options.repair === true;
  const report = await checkStorage({
    ...storageOf(options, context),
    repair,
    maxProblems: MAX_LISTED,
    progress: ({ contents, bytes }) => {
      if (now() - told < PROGRESS_MS) return;
      told = now();
      log.info(`${plural(contents, 'content')} of ${formatSize(bytes)} read so far`);
    },
  });
  const { contents, bytes, problems, found, repaired, debris } = report;
  const clean = found === repaired;
  if (options.json === true) {
    terminal.printJson({ clean, contents, bytes, found, repaired, debris, problems, left_out: found - problems.length });
  } else {
    for (const { kind, hash, places, message, repaired: isMended } of problems) {
      terminal.print(`${isMended ? 'mended' : kind}: ${[...(hash === null ? [] : [hash]), ...places].join(', ')}: ${message}`);
    }
    if (found > problems.length) terminal.print(`and ${found - problems.length} more`);
    terminal.print(
      `${plural(contents, 'content')} of ${formatSize(bytes)} read: ${clean ? 'all is well' : plural(found - repaired, 'problem')}` +
        `${repaired > 0 ? `, ${repaired} mended` : ''}${debris > 0 ? `; ${plural(debris, 'thing')} that nothing refers to, in nobody's way` : ''}`,
    );
    if (!clean && !repair) terminal.print('run it with --repair to mend what can be mended, and to ask the clients for what is missing');
  }
  return clean ? EXIT.done : EXIT.problems;
}
