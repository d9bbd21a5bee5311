import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import type { ConfigError } from './config.ts';

/** Bytes; ten thousand patterns are a quarter of it. */
const MAX_BYTES = 1_000_000;

/** The text of a configuration file, or why there is none. Reads pipes too, and never more than a configuration can have. */
export async function readConfigFile(file: string): Promise<string | ConfigError> {
  const refuse = (message: string): ConfigError => ({ file, place: null, message });
  let bytes: Buffer;
  try {
    const handle = await open(file, 'r');
    try {
      bytes = await readBounded(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return refuse(REASONS[code] ?? `the file cannot be read (${message}); give another one with --file`);
  }
  if (bytes.length > MAX_BYTES) return refuse('the file is larger than 1 MB, which no configuration is; give the right one with --file');
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return refuse('the file is UTF-16; save it as UTF-8');
  return isUtf8(bytes) ? bytes.toString('utf8') : { file, ...whereNotUtf8(bytes) };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; give the path of the configuration with --file',
  ENOTDIR: 'there is no such file, part of its path is no folder; give the path of the configuration with --file',
  EISDIR: 'this is a folder; give the configuration file in it, as in --file config.yaml',
  EACCES: 'the file may not be read; give this user the right to read it',
  EPERM: 'the file may not be read; give this user the right to read it',
  ELOOP: 'the path is a link that leads back to itself; give the path of the configuration with --file',
};

async function readBounded(handle: FileHandle): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(MAX_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

function whereNotUtf8(bytes: Buffer): Pick<ConfigError, 'place' | 'message'> {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0 && isUtf8(bytes.subarray(start, end)); end = bytes.indexOf(10, start)) {
    line++;
    start = end + 1;
  }
  // Decoding puts this character in the place of each wrong one.
  const column = bytes.subarray(start).toString('utf8').indexOf('\ufffd') + 1;
  return { place: { line, column }, message: 'a character here is not UTF-8; save the file as UTF-8' };
}
