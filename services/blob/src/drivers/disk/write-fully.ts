import type { FileHandle } from 'node:fs/promises';

/** Writes all bytes, at `position` or where the file stands: one call may write fewer when the disk runs full. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number | null = null): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position === null ? null : position + done);
    done += bytesWritten;
  }
}

/** Reads exactly `length` bytes at `position`, null when the file ends before. */
export async function readFully(handle: FileHandle, position: number, length: number): Promise<Buffer | null> {
  const bytes = Buffer.allocUnsafe(length);
  return (await fill(handle, position, bytes)) ? bytes : null;
}

/** Fills `bytes` from `position` on; false when the file ends before. */
export async function fill(handle: FileHandle, position: number, bytes: Uint8Array): Promise<boolean> {
  const { length } = bytes;
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}
