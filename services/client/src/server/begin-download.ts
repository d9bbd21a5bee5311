import type { OpenDownloads } from '@syncpair/sync-core';
import type { DirectoryLink } from './directory-link.ts';

const NOTHING_TO_END = (): void => undefined;

/** Waits until one more download may be open. Resolves with what ends it; at once where nothing is limited. */
export async function beginDownload(link: DirectoryLink, size: keyof OpenDownloads): Promise<() => void> {
  return link.bandwidth === undefined ? NOTHING_TO_END : link.bandwidth.beginDownload(size, link.signal);
}
