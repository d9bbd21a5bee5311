import { hash, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';

/** Everything a generated client needs to speak to the server: its connections and who it says it is. */
export class Caller {
  readonly #agent: Agent;
  readonly #port: number;

  constructor(port: number, connections: number) {
    this.#port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** @returns the parsed answer @throws {Error} when the status is not 200 */
  post(path: string, body: unknown): Promise<unknown> {
    const bytes = Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          path,
          method: 'POST',
          agent: this.#agent,
          headers: { 'content-type': 'application/json', 'content-length': bytes.length },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(parts).toString();
            if (answer.statusCode === 200) resolve(JSON.parse(text));
            else reject(new Error(`${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(bytes);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** What a generated client commits: folders, the smallest durable change, or files of 1 kB whose content travels in the request. */
export type Committed = 'folders' | 'files';

const FILE_BYTES = 1_024;

/** A device that commits one thing after another. */
export class CommittingDevice {
  readonly #caller: Caller;
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #device = randomBytes(16).toString('hex');
  #epoch: string | null = null;
  #count = 0;

  constructor(caller: Caller, directory: string) {
    this.#caller = caller;
    this.#fields = { protocol: 1, client_id: 'load', device: this.#device, directory, shared: true, pull: false };
  }

  /** Joins the directory. */
  async join(): Promise<void> {
    const answer = (await this.#negotiate([])) as { epoch: string };
    this.#epoch = answer.epoch;
  }

  /** Resolves when one new folder or file is durable. @throws {Error} when it was not committed */
  async commit(what: Committed = 'folders'): Promise<void> {
    const name = `${this.#device.slice(0, 8)}-${this.#count++}`;
    const { entry, contents } = what === 'folders' ? { entry: { kind: 'dir' }, contents: {} } : newFile();
    const answer = (await this.#negotiate([{ op: 'put', id: `c${name}`, path: name, base: null, entry }], contents)) as {
      outcomes?: { status: string }[];
    };
    if (answer.outcomes?.[0]?.status !== 'committed') throw new Error(`a commit was answered with ${JSON.stringify(answer).slice(0, 300)}`);
  }

  #negotiate(changes: readonly unknown[], contents: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return this.#caller.post('/api/v1/negotiate', { ...this.#fields, epoch: this.#epoch, cursor: '0', changes, contents });
  }
}

/** A file that nobody has yet. */
function newFile(): { readonly entry: unknown; readonly contents: Readonly<Record<string, string>> } {
  const bytes = randomBytes(FILE_BYTES);
  const digest = hash('sha256', bytes);
  return {
    entry: { kind: 'file', hash: digest, size: FILE_BYTES, mtime: `${Date.now()}000000`, executable: false },
    contents: { [digest]: bytes.toString('base64') },
  };
}
