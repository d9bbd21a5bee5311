import { describe, expect, test } from 'vitest';
import { formatEvent } from './format-event.ts';
import { createLogger } from './logger.ts';
import type { LogLevel } from './log-level.ts';
import { microseconds } from './microseconds.ts';

const time = Date.parse('2025-10-25T08:17:44.470Z') * 1000 + 350;
const line = (level: LogLevel, component: string, message: string, colours = false): string =>
  formatEvent({ time, level, component, message }, colours);

describe('the form of a line', () => {
  test('is that of the specification', () => {
    expect(line('info', 'syncpair::client', 'Starting bidirectional sync...')).toBe(
      '2025-10-25T08:17:44.470350Z  INFO syncpair::client: Starting bidirectional sync...',
    );
    expect(line('error', 'syncpair', 'x')).toBe('2025-10-25T08:17:44.470350Z ERROR syncpair: x');
    expect(line('trace', 'syncpair::server', 'x')).toBe('2025-10-25T08:17:44.470350Z TRACE syncpair::server: x');
  });

  test('has one line per event, whatever a name contains', () => {
    const text = line('warn', 'syncpair::client', 'bad\n2025-10-25T08:17:44.470350Z  INFO syncpair: forged\u001b[2K');
    expect(text.split('\n')).toHaveLength(1);
    expect(text).not.toContain('\u001b');
  });

  test('has colours only when asked', () => {
    expect(line('info', 'syncpair', 'x', true)).toContain('\u001b[32m INFO\u001b[0m');
  });
});

test('shows a level and those above, under the name of the part', () => {
  const seen: string[] = [];
  const log = createLogger({ write: ({ level, component, message }) => seen.push(`${level} ${component} ${message}`) }, 'warn').child(
    'client',
  );
  log.error('a');
  log.warn('b');
  log.info('c');
  log.trace('d');
  expect(seen).toEqual(['error syncpair::client a', 'warn syncpair::client b']);
  expect(log.shows('warn')).toBe(true);
  expect(log.shows('info')).toBe(false);
});

test('the clock never gives one time twice and is near the wall clock', () => {
  const times = Array.from({ length: 1000 }, microseconds);
  expect(times.every((value, index) => index === 0 || value > (times[index - 1] as number))).toBe(true);
  expect(Math.abs((times.at(-1) as number) / 1000 - Date.now())).toBeLessThan(50);
});
