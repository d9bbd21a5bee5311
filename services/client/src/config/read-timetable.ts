import { type BandwidthLimits, type TimetableEntry, firstUncounted } from '@syncpair/sync-core';
import { type Node, isSeq } from 'yaml';
import { readDays } from './read-days.ts';
import { readRate } from './read-rate.ts';
import { readSection } from './read-section.ts';
import { readTimeOfDay } from './read-time-of-day.ts';
import { kindOf } from './read-value.ts';
import type { YamlSource } from './yaml-source.ts';

const MOST_ENTRIES = 100;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const MIDNIGHT = 24 * 60;

/** When which limits hold. What an entry leaves out is as `always` has it. Undefined, and refused, for what cannot be used. */
export function readTimetable(source: YamlSource, node: Node, always: BandwidthLimits): TimetableEntry[] | undefined {
  const { findings } = source;
  if (!isSeq(node) || node.items.length > MOST_ENTRIES) {
    const what = isSeq(node) ? `has more than ${MOST_ENTRIES} entries; write fewer` : `is ${kindOf(node)}; write entries below it`;
    findings.refuse(node, `"timetable" ${what}, each beginning with "- from: "`);
    return undefined;
  }
  const entries: TimetableEntry[] = [];
  const nodes: Node[] = [];
  for (const item of node.items) {
    const at = source.resolve(item);
    const entry = at === undefined ? undefined : readEntry(source, at ?? node, always);
    if (at === undefined || entry === undefined) return undefined;
    entries.push(entry);
    nodes.push(at ?? node);
  }
  const uncounted = firstUncounted(entries);
  if (uncounted !== null)
    findings.warn(
      nodes[uncounted] ?? node,
      'this entry of "timetable" never counts: those above it cover all of its time; put it above them, or remove it',
    );
  return entries;
}

function readEntry(source: YamlSource, node: Node, always: BandwidthLimits): TimetableEntry | undefined {
  const { findings } = source;
  const section = readSection(source, node, 'timetable', 'an entry of "timetable"');
  if (section === null) return undefined;
  const given = <T>(
    name: 'days' | 'from' | 'to' | 'upload' | 'download',
    read: (value: Node) => T | undefined,
    otherwise: T,
  ): T | undefined => {
    const value = section.given(name);
    if (value !== undefined) return read(value);
    if (!section.isEmpty(name)) return otherwise;
    findings.refuse(section.spotOf(name), `"${name}" has no value; write one, or remove the line`);
    return undefined;
  };
  const days = given('days', (value) => readDays(source, value), EVERY_DAY);
  const from = given('from', (value) => readTimeOfDay(source, value, 'from'), 0);
  const to = given('to', (value) => readTimeOfDay(source, value, 'to'), MIDNIGHT);
  const upload = given('upload', (value) => readRate(source, value, 'upload'), always.upload);
  const download = given('download', (value) => readRate(source, value, 'download'), always.download);
  if (days === undefined || from === undefined || to === undefined || upload === undefined || download === undefined) return undefined;
  if (!section.has('upload') && !section.has('download')) {
    findings.refuse(node, 'an entry of "timetable" has no limit; write upload, download or both, as in upload: 500 KB/s');
    return undefined;
  }
  if (from === to) {
    findings.refuse(section.spotOf('to'), '"to" is the same time as "from"; leave both out for the whole day');
    return undefined;
  }
  return { days, from, to, upload, download };
}
