import type { Way } from '../bandwidth/bandwidth.ts';
import type { DirectoryLink } from './directory-link.ts';

/** The bytes of contents as fast as the limits let them pass; the same stream where nothing is limited. */
export const paced = (link: DirectoryLink, way: Way, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  link.bandwidth?.pace(way, bytes, link.signal) ?? bytes;
