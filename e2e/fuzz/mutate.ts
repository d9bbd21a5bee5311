import type { Random } from '../harness/random.ts';
import type { SeedRequest } from './seeds.ts';

/** A request as it is sent. */
export interface FuzzedRequest {
  readonly method: string;
  /** With its query, as it stands in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'];
const TYPES = ['application/json', 'application/octet-stream', 'text/plain', 'multipart/form-data', 'application/json; charset=utf-16', ''];

/** Strings that parsers, paths, databases and terminals have stumbled over. */
const STRINGS = [
  ...[
    '',
    '.',
    '..',
    '../x',
    '..%2fx',
    '%252e',
    '/abs',
    'a/../../x',
    'a//b',
    './',
    '\0',
    'a\0b',
    '\\',
    'C:\\x',
    '.syncpair_state.db',
    'CON',
  ],
  ...['a\nb', '\r\nX: y', "'; DROP TABLE version; --", '${7*7}', '<img onerror=1>', '\u202e', '\ud800', 'é', 'e\u0301', '\ufeff', '😀'],
  ...['__proto__', 'constructor', 'toString', 'NaN', '1e400', '-1', '9223372036854775808', '9'.repeat(400), '0x10', 'null', 'true'],
  ...[
    '1.0',
    '999999999.0',
    '0.99999999999',
    'alice:notes',
    'x'.repeat(300),
    'x/'.repeat(2100),
    '9999-99-99T99:99:99Z',
    '+275760-09-13T00:00:00Z',
  ],
];
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 1, [], {}, [[]], [null], { a: { b: {} } }],
  ...[[1, 2, 3], ['x', 'x'], { length: 5 }, { toString: 1 }, '', 'x'],
];

/** Changes a request at one or more places. Pure but for the given source of chance. */
export function mutate(seed: SeedRequest, random: Random): FuzzedRequest {
  const method = random.below(12) === 0 ? random.pick(METHODS) : seed.method;
  const body = seed.body === undefined && random.below(8) > 0 ? Buffer.alloc(0) : bodyOf(seed.body, random);
  const type =
    random.below(10) === 0 ? random.pick(TYPES) : typeof seed.body === 'string' ? 'application/octet-stream' : 'application/json';
  return { method, target: pathOf(seed.path, random) + queryOf(seed.query, random), headers: headersOf(type, random), body };
}

function headersOf(type: string, random: Random): Record<string, string> {
  const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
  if (random.below(10) === 0) headers['x-syncpair-grant'] = random.pick(['', 'x', 'a.b', `${'a'.repeat(3000)}.b`, '{}.{}']);
  if (random.below(15) === 0)
    headers['range'] = random.pick(['bytes=0-0', 'bytes=5-1', 'bytes=-', 'bytes=0-99999999999999999999', 'lines=1']);
  if (random.below(15) === 0) headers['authorization'] = random.pick(['Bearer', 'Bearer ', 'Basic eA==', `Bearer ${'x'.repeat(5000)}`]);
  if (random.below(20) === 0) headers['content-encoding'] = random.pick(['gzip', 'br', 'zstd', 'identity', 'x']);
  if (random.below(20) === 0) headers['origin'] = 'https://elsewhere.example';
  return headers;
}

function pathOf(path: string, random: Random): string {
  switch (random.below(14)) {
    case 0:
      return path.replace(/[^/]*$/, encodeURIComponent(wellFormed(random.pick(STRINGS))));
    case 1:
      return `${path}/${random.pick(['', '.', '..', '%2e%2e', '%00', '%ff%fe', '%', '%zz', ';a', 'x'.repeat(5000)])}`;
    case 2:
      return path.toUpperCase();
    case 3:
      return `/${path}`;
    default:
      return path;
  }
}

function queryOf(query: Readonly<Record<string, string>>, random: Random): string {
  const fields = Object.entries(query).map(([key, value]): [string, string] => [key, value]);
  if (random.below(3) === 0 && fields.length > 0) random.pick(fields)[1] = wellFormed(random.pick(STRINGS));
  if (random.below(8) === 0 && fields.length > 0) fields.splice(random.below(fields.length), 1);
  if (random.below(10) === 0)
    fields.push([random.pick(['directory', 'shared', '__proto__', 'x[]', 'client_id']), random.pick(['a', 'true', ''])]);
  const text = fields.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
  return text === '' ? '' : `?${text}`;
}

function bodyOf(body: unknown, random: Random): Buffer {
  if (typeof body === 'string' || body === undefined) return bytesOf(body ?? '', random);
  const copy: unknown = structuredClone(body);
  for (let times = random.below(3); times >= 0; times--) changeOne(copy, random);
  return bytesOf(JSON.stringify(copy), random);
}

/** Text that is cut, doubled or has a wrong byte, now and then. */
function bytesOf(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text);
  switch (random.below(16)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length + 1));
    case 1:
      return Buffer.concat([bytes, bytes]);
    case 2:
      if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
    case 3:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    case 4:
      return Buffer.from(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    default:
      return bytes;
  }
}

/** Puts something else at one place of a JSON value. */
function changeOne(value: unknown, random: Random): void {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, unknown>;
  const keys = Object.keys(holder);
  if (keys.length === 0 || random.below(12) === 0) {
    set(holder, wellFormed(random.pick(STRINGS)), structuredClone(random.pick(VALUES)));
    return;
  }
  const key = random.pick(keys);
  if (typeof holder[key] === 'object' && random.below(3) > 0) return changeOne(holder[key], random);
  if (random.below(6) === 0 && !Array.isArray(value)) delete holder[key];
  else set(holder, key, random.below(2) === 0 ? random.pick(STRINGS) : structuredClone(random.pick(VALUES)));
}

/** Also under names that assigning would take for something else. */
const set = (holder: object, key: string, value: unknown): void =>
  void Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });

/** Half a surrogate pair cannot stand in a URL. */
const wellFormed = (text: string): string => text.toWellFormed();
