import type { BandwidthLimits, BandwidthSettings, LocalMoment } from './bandwidth-settings.ts';
import { holdsAt } from './holds-at.ts';

/**
 * The limits that hold at a moment. They follow the clock on the wall alone: where it is put forward or back, what it shows then counts.
 */
export function limitsAt({ always, timetable }: BandwidthSettings, moment: LocalMoment): BandwidthLimits {
  return timetable.find((entry) => holdsAt(entry, moment)) ?? always;
}
