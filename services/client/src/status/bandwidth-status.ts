import type { Status } from '@syncpair/contracts';
import type { Bandwidth } from '../bandwidth/bandwidth.ts';

/** What is to be told of the limits: null while none holds. */
export function bandwidthStatus(bandwidth: Bandwidth | undefined): Status['bandwidth'] {
  if (bandwidth === undefined) return null;
  const { upload, download } = bandwidth.limits();
  if (upload === null && download === null) return null;
  const at = bandwidth.changesAt();
  return { upload, download, changes_at: at === null ? null : new Date(at).toISOString() };
}
