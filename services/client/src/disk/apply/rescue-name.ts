import { randomBytes } from 'node:crypto';
import { MAX_NAME_BYTES } from '@syncpair/contracts';
import { cutToBytes } from '../cut-to-bytes.ts';

/** `report.conflict-local-7f3a90c2.pdf`, the stem cut where the name would pass 255 bytes. */
export function rescueName(name: string): string {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  const mark = `.conflict-local-${randomBytes(4).toString('hex')}${extension}`;
  return cutToBytes(name.slice(0, name.length - extension.length), MAX_NAME_BYTES - Buffer.byteLength(mark)) + mark;
}
