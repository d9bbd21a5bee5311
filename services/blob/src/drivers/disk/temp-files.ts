import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { diskError } from './disk-error.ts';
import type { Folder } from './folder.ts';
import { writeFully } from './write-fully.ts';

/** Milliseconds after its last byte when a temporary file belongs to nobody: every transfer is cut long before. */
const ABANDONED_MS = 60 * 60_000;

export interface TempFile {
  readonly name: string;
  readonly handle: FileHandle;
}

/** Files that have no name yet. What a killed process left is swept by age, since other processes may be writing here. */
export class TempFiles {
  readonly folder: Folder;

  constructor(folder: Folder) {
    this.folder = folder;
  }

  /** Runs `use` with a new file; the file is closed afterwards, and removed unless `use` gave it a name. */
  async with<T>(use: (file: TempFile) => Promise<T>): Promise<T> {
    const name = randomBytes(16).toString('hex');
    const handle = await this.folder.create(name).catch((error: unknown) => {
      throw diskError(error);
    });
    try {
      return await use({ name, handle });
    } catch (error) {
      throw diskError(error);
    } finally {
      await handle.close();
      await this.folder.remove(name);
    }
  }

  /** Writes a whole file and moves it to `target/name`, durable. */
  async publish(target: Folder, name: string, bytes: Uint8Array): Promise<void> {
    await this.with(async (file) => {
      await writeFully(file.handle, bytes);
      await file.handle.sync();
      await target.adopt(this.folder, file.name, name);
    });
  }

  /** Moves a file out of a folder to here; its name here, or null when there is no such file. */
  async takeFrom(folder: Folder, name: string): Promise<string | null> {
    const aside = randomBytes(16).toString('hex');
    return (await this.folder.take(folder, name, aside)) ? aside : null;
  }

  async sweep(now: number): Promise<void> {
    for (const name of await this.folder.names()) {
      const stat = await this.folder.stat(name);
      if (stat !== null && !stat.isDirectory() && now - stat.mtimeMs > ABANDONED_MS) await this.folder.remove(name);
    }
  }
}
