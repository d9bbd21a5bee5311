import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { plural } from '../format/plural.ts';
import { formatSize } from '../format/size.ts';
import { type StorageCommandOptions, copyProgress, storageOf } from '../storage-options.ts';

export async function restoreBackup(
  options: StorageCommandOptions,
  [source = '']: readonly string[],
  context: CliContext,
): Promise<ExitCode> {
  const { restoreBackup: restore } = await import('@syncpair/standalone');
  const { storageDir, databaseUrl, log } = storageOf(options, context);
  const result = await restore({ storageDir, databaseUrl, log, source, progress: copyProgress(context) });
  const { files, bytes, rows, missing, createdAt } = result;
  if (options.json === true) context.terminal.printJson({ storage_dir: storageDir, created_at: createdAt, files, bytes, rows, missing });
  else {
    context.terminal.print(
      `restored the backup of ${createdAt} into ${storageDir}: ${plural(files, 'file')} of contents (${formatSize(bytes)}), ${plural(rows, 'row')} of metadata`,
      'clients merge with it when they meet it, and delete nothing',
    );
    if (missing > 0)
      context.terminal.print(`${plural(missing, 'content')} that versions name were not in the backup: see "syncpair fsck --repair"`);
  }
  return missing > 0 ? EXIT.problems : EXIT.done;
}
