import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { plural } from '../format/plural.ts';
import { formatSize } from '../format/size.ts';
import { type StorageCommandOptions, storageOf } from '../storage-options.ts';

export async function gc(options: StorageCommandOptions, _args: readonly string[], context: CliContext): Promise<ExitCode> {
  const { collectGarbage } = await import('@syncpair/standalone');
  const { condemned, unknown, removed, bytes, moved, volumes } = await collectGarbage(storageOf(options, context));
  if (options.json === true) context.terminal.printJson({ condemned, unknown, removed, bytes, moved, packs_removed: volumes });
  else {
    context.terminal.print(
      `${plural(removed, 'content')} of ${formatSize(bytes)} removed, ${plural(volumes, 'pack')} removed, ${plural(moved, 'content')} moved to new packs`,
      `${plural(condemned, 'content')} no version has any more: removed by a collection in 90 minutes or later`,
    );
  }
  return EXIT.done;
}
