import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { ChangeJson, NegotiateRequestJson, NegotiateResponseJson, OutcomeJson } from '@syncpair/contracts';

type Ok = Extract<NegotiateResponseJson, { status: 'ok' }>;

/** A device as a test plays it: it keeps epoch and cursor, and sends what the test says. */
export class Device {
  readonly id = randomBytes(16).toString('hex');
  readonly #url: string;
  readonly client: string;
  readonly directory: string;
  readonly shared: boolean;
  epoch: string | null = null;
  cursor = '0';
  /** Contents of the puts made since the last request. */
  #contents: Record<string, string> = {};

  constructor(url: string, client: string, directory: string, shared = true) {
    this.#url = url;
    this.client = client;
    this.directory = directory;
    this.shared = shared;
  }

  /** A device that knows the directory's epoch. */
  static async join(url: string, client: string, directory: string, shared = true): Promise<Device> {
    const device = new Device(url, client, directory, shared);
    const answer = await device.post('/api/v1/negotiate', { protocol: 1, cursor: '0', epoch: null, changes: [], ...device.fields });
    device.epoch = (answer.body as { epoch: string }).epoch;
    return device;
  }

  get fields(): { client_id: string; device: string; directory: string; shared: boolean } {
    return { client_id: this.client, device: this.id, directory: this.directory, shared: this.shared };
  }

  /** A new file with this text; its content goes inside the next request. */
  put(
    path: string,
    text: string,
    options: { base?: string | null; mtime?: bigint; executable?: boolean; inline?: boolean } = {},
  ): ChangeJson {
    const bytes = Buffer.from(text);
    const contentHash = hash('sha256', bytes);
    if (options.inline !== false) this.#contents[contentHash] = bytes.toString('base64');
    return {
      op: 'put',
      id: randomUUID(),
      path,
      base: options.base ?? null,
      entry: {
        kind: 'file',
        hash: contentHash,
        size: bytes.length,
        mtime: (options.mtime ?? 1_700_000_000_000_000_000n).toString(),
        executable: options.executable ?? false,
      },
    };
  }

  dir(path: string, base: string | null = null): ChangeJson {
    return { op: 'put', id: randomUUID(), path, base, entry: { kind: 'dir' } };
  }

  delete(path: string, base: string): ChangeJson {
    return { op: 'delete', id: randomUUID(), path, base };
  }

  move(from: string, to: string, base: string): ChangeJson {
    return { op: 'move', id: randomUUID(), from, to, base };
  }

  /** Negotiates, and moves the cursor on. Throws what is not an answer of the protocol. */
  async send(request: Partial<NegotiateRequestJson> & { changes: ChangeJson[] }): Promise<Ok> {
    const contents = this.#contents;
    this.#contents = {};
    const { status, body } = await this.post('/api/v1/negotiate', {
      protocol: 1,
      ...this.fields,
      epoch: this.epoch,
      cursor: this.cursor,
      contents,
      ...request,
    });
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    const answer = body as Ok;
    if (answer.status === 'ok') this.cursor = answer.cursor;
    return answer;
  }

  /** Commits one change and returns its version. */
  async commit(change: ChangeJson): Promise<string> {
    const { outcomes } = await this.send({ changes: [change] });
    const [outcome] = outcomes as [OutcomeJson];
    if (outcome.status !== 'committed') throw new Error(JSON.stringify(outcome));
    return outcome.version;
  }

  async post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(this.#url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: answer.headers.get('content-type')?.startsWith('application/json') === true ? JSON.parse(text) : text,
    };
  }
}
