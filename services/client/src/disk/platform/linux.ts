import { closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs';
import { mountsBelow } from './mounts-below.ts';
import type { FolderHandle, Platform } from './platform.ts';

/** Only names the object; needs no permission on it. Not among Node's constants. */
const O_PATH = 0o10000000;
const FOLDER = O_PATH | constants.O_DIRECTORY;

/** This process as `/proc` names it; `self`, the link to that, would be followed once more at each call: a tenth of a look at a name. */
let me: string | undefined;
const descriptors = (): string => `/proc/${(me ??= readlinkSync('/proc/self'))}/fd`;

/**
 * Node has no `openat`. A path that begins with `/proc/PROCESS/fd/N` starts at the very folder that descriptor N holds, so opening one name
 * at a time without following links gives the same guarantee, and no path is ever longer than one name.
 */
class LinuxFolder implements FolderHandle {
  readonly device: bigint;
  readonly inode: bigint;
  readonly self: string;
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.self = `${descriptors()}/${descriptor}`;
    const stats = fstatSync(descriptor, { bigint: true });
    this.device = stats.dev;
    this.inode = stats.ino;
  }

  at(name: string): string {
    return `${this.self}/${name}`;
  }

  openChild(name: string): FolderHandle {
    return new LinuxFolder(openSync(this.at(name), FOLDER | constants.O_NOFOLLOW));
  }

  confirm(): void {
    // The descriptor is the folder; nothing can come between.
  }

  openForSync(): number {
    return openSync(this.at('.'), constants.O_RDONLY | constants.O_DIRECTORY);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

export const linuxPlatform: Platform = {
  executableBit: true,
  mountsBelow: ({ self }) => mountsBelow(self),
  openRoot: (root) => new LinuxFolder(openSync(root, FOLDER)),
};
