import { expect, test } from 'vitest';
import { formatEvent } from './format-event.ts';
import { serverLines } from './server-lines.ts';

const told = (line: string): string => {
  let text = '';
  serverLines({ write: (event) => (text = formatEvent(event, false)) }).write(line);
  return text.replace(/^[\d-]{10}T[\d:]{8}\.\d{6}Z /, '');
};
const json = (fields: object): string =>
  `${JSON.stringify({ level: 'info', time: '2026-11-24T08:51:50.331Z', service: 'server', ...fields })}\n`;

test('a JSON line becomes one in the form of the specification', () => {
  expect(told(json({ msg: 'Server listening at http://127.0.0.1:8080' }))).toBe(
    ' INFO syncpair::server: Server listening at http://127.0.0.1:8080',
  );
});

test('what else it says follows the message', () => {
  expect(
    told(json({ level: 'warn', msg: 'slow', request_id: 'abc', path: 'a b\n', ms: 7, err: { message: 'timed out', stack: 'x' } })),
  ).toBe(' WARN syncpair::server: slow (timed out) request_id=abc path="a b\\n" ms=7');
  expect(told(json({ level: 'fatal', msg: 'over', context: 'Nest' }))).toBe('ERROR syncpair::server: over');
});

test('an error tells on its one line where it was', () => {
  expect(told(json({ level: 'error', msg: 'failed', err: { message: 'no', stack: 'Error: no\n    at x' } }))).toBe(
    'ERROR syncpair::server: failed (no) stack="Error: no\\n    at x"',
  );
});

test('what is no JSON is not lost', () => {
  expect(told('a plain line\n')).toMatch(/ INFO syncpair::server: a plain line$/);
  expect(told('null')).toMatch(/: null$/);
});
