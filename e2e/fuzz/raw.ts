import type { Random } from '../harness/random.ts';

const LINES = [
  'GET / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n',
  'POST /sync HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcde',
  'POST /sync HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nx',
  'POST /sync HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n',
  'POST /sync HTTP/1.1\nhost: a\ncontent-length: 2\n\n{}',
  'GET /health HTTP/9.9\r\nhost: a\r\n\r\n',
  'GET  /health HTTP/1.1\r\n\r\n',
  'GET /events?client_id=a&directory=b HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
  'CONNECT 127.0.0.1:1 HTTP/1.1\r\nhost: a\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
  `GET /health HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(70_000)}\r\n\r\n`,
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
];

/** What is no HTTP, or only nearly: half of it is a known trick, half is chance. The end is closed, so that the server sees it as whole. */
export function rawBytes(random: Random): Buffer {
  const line = Buffer.from(random.pick(LINES), 'latin1');
  if (random.below(2) === 0) return Buffer.concat([line, Buffer.from('\r\n\r\n')]);
  for (let times = random.below(6); times >= 0; times--) line[random.below(line.length)] = random.below(256);
  return Buffer.concat([line, Buffer.from('\r\n\r\n')]);
}
