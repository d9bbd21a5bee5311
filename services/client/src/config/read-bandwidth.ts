import type { BandwidthSettings } from '@syncpair/sync-core';
import type { Node } from 'yaml';
import { readRate } from './read-rate.ts';
import { readSection } from './read-section.ts';
import { readTimetable } from './read-timetable.ts';
import type { YamlSource } from './yaml-source.ts';

/** Limits for what contents take of the line; null where there are none at any time. What cannot be used is refused. */
export function readBandwidth(source: YamlSource, node: Node): BandwidthSettings | null {
  const section = readSection(source, node, 'bandwidth', '"bandwidth"');
  if (section === null) return null;
  const rate = (name: 'upload' | 'download'): number | null => {
    const value = section.given(name);
    return (value === undefined ? null : readRate(source, value, name)) ?? null;
  };
  const always = { upload: rate('upload'), download: rate('download') };
  const entries = section.given('timetable');
  const timetable = (entries === undefined ? [] : readTimetable(source, entries, always)) ?? [];
  const isLimited = [always, ...timetable].some(({ upload, download }) => upload !== null || download !== null);
  return isLimited ? { always, timetable } : null;
}
