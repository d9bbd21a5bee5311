/** Bytes a second that contents may take, each way; null: as many as the line carries. */
export interface BandwidthLimits {
  readonly upload: number | null;
  readonly download: number | null;
}

/** Limits of a span of certain days. */
export interface TimetableEntry extends BandwidthLimits {
  /** The days on which the span begins: 0 for Monday to 6 for Sunday. */
  readonly days: readonly number[];
  /** Minute of the day, 0 to 1439. */
  readonly from: number;
  /** Minute of the day, 1 to 1440; the limits hold up to it. Not after `from`: a minute of the day after. */
  readonly to: number;
}

export interface BandwidthSettings {
  /** While no entry of the timetable counts. */
  readonly always: BandwidthLimits;
  /** The first one whose time it is counts. */
  readonly timetable: readonly TimetableEntry[];
}

/** A moment as the clock on the wall shows it. */
export interface LocalMoment {
  /** 0 for Monday to 6 for Sunday. */
  readonly weekday: number;
  /** Minute of the day, 0 to 1439. */
  readonly minute: number;
}
