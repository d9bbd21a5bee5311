import { createHash } from 'node:crypto';

const HEADER = /^whole (\S+\|\d+\|[0-9a-f]+) (\d+) ([0-9a-f]{64})\n/;
/** Bytes; no header is longer. */
const LONGEST_HEADER = 400;

/** A content that tells by itself whether it is whole: who wrote it, its length and a checksum stand in its first line. */
export function wholeContent(author: string, counter: number, random: Buffer, length: number): Buffer {
  const body = Buffer.alloc(length, random);
  return Buffer.concat([Buffer.from(`whole ${author}|${counter}|${random.toString('hex')} ${length} ${sha256(body)}\n`), body]);
}

/** What is wrong with the bytes of a file that somebody read; null when they are one whole content. */
export function brokenness(bytes: Buffer): string | null {
  if (bytes.length === 0) return 'empty';
  const found = HEADER.exec(bytes.subarray(0, LONGEST_HEADER).toString('latin1'));
  if (found === null) return `foreign or torn beginning: ${JSON.stringify(bytes.subarray(0, 60).toString('latin1'))}`;
  const body = bytes.subarray(found[0].length);
  if (body.length !== Number(found[2])) return `${found[1]}: ${body.length} bytes instead of ${found[2]}`;
  return sha256(body) === found[3] ? null : `${found[1]}: its bytes are mixed`;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
