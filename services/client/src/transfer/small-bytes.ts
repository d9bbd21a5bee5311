import { togetherBytes } from '@syncpair/sync-core';
import type { Way } from '../bandwidth/bandwidth.ts';
import type { Engine } from '../daemon/engine.ts';
import { MAX_SMALL_BYTES } from './upload.ts';

/** Bytes of the largest content that travels with the small ones now: under a low limit a larger one would hold them up. */
export const smallBytes = ({ bandwidth }: Pick<Engine, 'bandwidth'>, way: Way): number =>
  togetherBytes(bandwidth?.limits()[way] ?? null, MAX_SMALL_BYTES);
