import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** No path of a directory has a name like this at its root. */
const NAME = '.syncpair-export.json';

/** Which export lies in a folder that is not complete: of which directory, and as it was after which commit. */
const markSchema = z.object({ directory: z.string(), epoch: z.string(), seq: z.number().int() });
export type ExportMark = z.output<typeof markSchema>;

/** Null where no export of ours was begun. */
export async function readMark(dest: string): Promise<ExportMark | null> {
  try {
    const result = markSchema.safeParse(JSON.parse(await readFile(join(dest, NAME), 'utf8')));
    return result.success ? result.data : null;
  } catch (error) {
    if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Durable before anything else lies in the folder: what is found there later is then known to be ours. */
export async function writeMark(dest: string, mark: ExportMark): Promise<void> {
  const file = await open(join(dest, NAME), 'wx');
  try {
    await file.writeFile(`${JSON.stringify(mark)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

export const removeMark = (dest: string): Promise<void> => rm(join(dest, NAME), { force: true });
