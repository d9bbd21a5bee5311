import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';

/** One request of a recorded session, and how the server of then answered. Bodies in base64. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly type: string | null;
  readonly answer: string;
}

/** Fields whose values differ from server to server, and from one second to the next. Where a request repeats one, the new one is sent. */
const DIFFERING = new Set(['epoch', 'grant', 'receipt', 'at', 'first_seen', 'last_seen', 'pem', 'id', 'connected', 'request_id']);

/** Lists whose order the protocol says nothing about: which contents a grant is for comes as the database finds them. */
const UNORDERED = new Set(['hashes']);

/** The requests of a session in the order of their answers. Event streams end with their reader, and are left out. */
export function readSession(file: string): Exchange[] {
  return gunzipSync(readFileSync(file))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange)
    .filter(({ path }) => !path.startsWith('/events'));
}

/** Plays a session against a server of today, as the client of then would: it knows no field that came later, and needs all of its own. */
export class ReplayedSession {
  readonly #url: string;
  /** What the server of then said, and what this one says instead. */
  readonly #instead = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  /** What the answer lacks or has otherwise; empty when a client of then can go on with it. */
  async play({ method, path, headers, body, status, type, answer }: Exchange): Promise<string[]> {
    const sent = Buffer.from(this.#translate(Buffer.from(body, 'base64').toString('latin1')), 'latin1');
    const named = Object.entries(headers).filter(
      ([name]) => name.startsWith('x-syncpair') || ['content-type', 'accept', 'range'].includes(name),
    );
    const response = await fetch(this.#url + this.#translate(path), {
      method,
      headers: Object.fromEntries(named.map(([name, value]) => [name, this.#translate(value)])),
      ...(method === 'GET' || method === 'HEAD' ? {} : { body: sent }),
    });
    const got = Buffer.from(await response.arrayBuffer());
    if (response.status !== status) return [`${method} ${path}: ${response.status} instead of ${status}: ${got.toString().slice(0, 300)}`];
    const expected = Buffer.from(answer, 'base64');
    const differences = type?.includes('json') === true ? this.#compareLines(expected, got) : expected.equals(got) ? [] : ['other bytes'];
    return differences.map((difference) => `${method} ${path}: ${difference}`);
  }

  #compareLines(expected: Buffer, got: Buffer): string[] {
    const [then, now] = [expected, got].map((bytes) => bytes.toString().trim().split('\n')) as [string[], string[]];
    if (then.length !== now.length) return [`${now.length} lines instead of ${then.length}`];
    return then.flatMap((line, index) => this.#compare(JSON.parse(line), JSON.parse(now[index] as string), '', ''));
  }

  #compare(then: unknown, now: unknown, field: string, place: string): string[] {
    if (DIFFERING.has(field) && typeof then === 'string' && typeof now === 'string') {
      this.#instead.set(then, now);
      return [];
    }
    if (DIFFERING.has(field) && typeof then === typeof now) return [];
    if (Array.isArray(then)) {
      if (!Array.isArray(now) || now.length !== then.length)
        return [`${place} is ${JSON.stringify(now)}, not ${JSON.stringify(then)}`.slice(0, 500)];
      if (UNORDERED.has(field)) return this.#compare([...then].sort(), [...(now as unknown[])].sort(), '', place);
      return then.flatMap((each, index) => this.#compare(each, now[index], field, `${place}[${index}]`));
    }
    if (typeof then === 'object' && then !== null) {
      if (typeof now !== 'object' || now === null) return [`${place} is ${JSON.stringify(now)}`];
      // What came later is ignored by readers of then.
      return Object.entries(then).flatMap(([name, value]) =>
        name in now
          ? this.#compare(value, (now as Record<string, unknown>)[name], name, `${place}.${name}`)
          : [`${place}.${name} is missing`],
      );
    }
    return then === now ? [] : [`${place} is ${JSON.stringify(now)}, not ${JSON.stringify(then)}`];
  }

  /** Tokens keep their length, so that they can be exchanged inside of binary bodies. */
  #translate(text: string): string {
    let translated = text;
    for (const [then, now] of this.#instead) if (then.length >= 16) translated = translated.replaceAll(then, now);
    return translated;
  }
}
