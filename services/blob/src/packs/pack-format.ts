import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type ContentHash, parseContentHash } from '@syncpair/contracts';

/**
 * A pack: 8 bytes of magic, then records, each a header and a content. Records are only ever appended, and a record is named (in a receipt)
 * only after it was flushed, so whatever is wrong in a pack stands behind all that was named.
 *
 * Header, 44 bytes: marker (4), SHA-256 (32), length (4, big-endian), CRC-32 of these 40 bytes (4). The checksum tells a header from the
 * zeros or old blocks that a power cut leaves at the end of a file; the content is told by its hash.
 */
export const PACK_MAGIC = Buffer.from('SYNCPAK1');
export const RECORD_HEADER_BYTES = 44;
const MARKER = 0x53504231;

export interface Record {
  readonly hash: ContentHash;
  /** Bytes of the content. */
  readonly length: number;
}

/** A record's place: `offset` is that of its content, the header stands before it. */
export interface PlacedRecord extends Record {
  readonly offset: number;
}

/** Ids sort by the time they were made, as far as clocks agree; that order only serves to look in newer packs first. */
export function newPackId(now: number): string {
  return now.toString(16).padStart(12, '0').slice(-12) + randomBytes(6).toString('hex');
}

/** Where the second record after `offset` would begin, and so on: the bytes that a content takes in a pack. */
export const recordBytes = (length: number): number => RECORD_HEADER_BYTES + length;

export function writeRecordHeader(target: Buffer, at: number, record: Record): void {
  target.writeUInt32BE(MARKER, at);
  target.write(record.hash, at + 4, 'hex');
  target.writeUInt32BE(record.length, at + 36);
  target.writeUInt32BE(crc32(target.subarray(at, at + 40)), at + 40);
}

/** Null when no whole header stands there. */
export function readRecordHeader(source: Buffer, at: number): Record | null {
  if (source.length < at + RECORD_HEADER_BYTES || source.readUInt32BE(at) !== MARKER) return null;
  if (source.readUInt32BE(at + 40) !== crc32(source.subarray(at, at + 40))) return null;
  const hash = parseContentHash(source.toString('hex', at + 4, at + 36));
  return hash.ok ? { hash: hash.value, length: source.readUInt32BE(at + 36) } : null;
}
