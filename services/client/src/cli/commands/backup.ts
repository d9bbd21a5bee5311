import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { groupDigits } from '../format/group-digits.ts';
import { plural } from '../format/plural.ts';
import { formatSize } from '../format/size.ts';
import { type StorageCommandOptions, copyProgress, storageOf } from '../storage-options.ts';

export async function backup(options: StorageCommandOptions, [dest = '']: readonly string[], context: CliContext): Promise<ExitCode> {
  const { backUp } = await import('@syncpair/standalone');
  const { files, bytes, kept, rows, missing } = await backUp({ ...storageOf(options, context), dest, progress: copyProgress(context) });
  if (options.json === true) context.terminal.printJson({ dest, files, bytes, kept, rows, missing });
  else {
    context.terminal.print(
      `backed up to ${dest}: ${plural(files, 'file')} of contents (${formatSize(bytes)}) copied, ${groupDigits(kept)} were there, ${plural(rows, 'row')} of metadata`,
    );
    if (missing > 0)
      context.terminal.print(`${plural(missing, 'content')} that versions name the storage does not have: see "syncpair fsck"`);
  }
  return missing > 0 ? EXIT.problems : EXIT.done;
}
