import { closeSync, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { type RelativePath, nameOf } from '@syncpair/contracts';
import { DiskProblem } from './disk.ts';
import { toProblem } from './problem.ts';
import { READ_FILE } from './read-expected.ts';
import type { Root } from './root.ts';

const PART = 1 << 18;
const readAt = promisify(read);

/** `Disk.openRead`. The descriptor is closed when the iteration ends, however it ends. @throws {RootLostError} */
export function openRead(root: Root, path: RelativePath, start: number): AsyncIterable<Uint8Array> | DiskProblem {
  return root.use((folders) => {
    try {
      const parent = folders.parent(path);
      const descriptor = openSync(parent.at(nameOf(path)), READ_FILE);
      if (fstatSync(descriptor).isFile()) return parts(descriptor, start);
      closeSync(descriptor);
      return new DiskProblem('not_a_file', 'a file is expected here, and something else is there');
    } catch (error) {
      return toProblem(error);
    }
  });
}

async function* parts(descriptor: number, start: number): AsyncIterable<Uint8Array> {
  try {
    for (let at = start; ;) {
      const { bytesRead, buffer } = await readAt(descriptor, Buffer.allocUnsafeSlow(PART), 0, PART, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    closeSync(descriptor);
  }
}
