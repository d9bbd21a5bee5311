/** Days that what was replaced or deleted is kept where nothing else is set. */
export const DEFAULT_RETENTION_DAYS = 30;
/** Days after which a device that was not seen does not count any more: it merges anew when it comes back. */
export const DEVICE_COUNTS_DAYS = 365;
export const DAY_MS = 86_400_000;
/** Milliseconds for which what was replaced stays even where a bound leaves no room for it. */
export const YOUNG_MS = DAY_MS;
