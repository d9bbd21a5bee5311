const UNITS = ['B/s', 'KB/s', 'MB/s', 'GB/s'];

/** `500 KB/s`, `1.25 MB/s`: bytes a second with three digits that matter, as a configuration has them. */
export function formatRate(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // A value that would be rounded up to 1000 is told in the next unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 1000 ? Number(value.toPrecision(3)) : Math.round(value)} ${UNITS[unit]}`;
}
