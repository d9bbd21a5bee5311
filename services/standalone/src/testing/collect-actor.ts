import { hash as digest, randomUUID } from 'node:crypto';
import { GRANT_HEADER, type NegotiateResponseJson, type OutcomeJson, encodeManifest } from '@syncpair/contracts';
import { ChunkedUpload, hashOf } from './chunked-upload.ts';
import { type CollectWorld, randomDevice } from './collect-world.ts';

type Ok = Extract<NegotiateResponseJson, { status: 'ok' }>;

/** A device that writes, deletes and restores the same few contents over and over in a directory of its own, and keeps to the protocol. */
export class CollectActor {
  readonly #world: CollectWorld;
  readonly #fields: { client_id: string; device: string; directory: string; shared: true };
  readonly #versions = new Map<string, string>();
  /** Outcomes `needs_content` for a content whose receipt was shown. */
  spurious = 0;
  commits = 0;
  #epoch = '';

  constructor(world: CollectWorld, name: string) {
    this.#world = world;
    this.#fields = { client_id: name, device: randomDevice(), directory: name, shared: true };
  }

  async join(): Promise<void> {
    this.#epoch = ((await this.#post('/api/v1/negotiate', this.#request([]))) as { epoch: string }).epoch;
  }

  /** Makes a content the head of a path: inside the request, or by grant, upload and receipt where the server does not have it. */
  async write(path: string, bytes: Buffer, inline: boolean): Promise<void> {
    const hash = digest('sha256', bytes);
    const more = inline ? { contents: { [hash]: bytes.toString('base64') } } : {};
    await this.#commit(path, bytes, [hash], more, async (grant) => [await this.#upload(hash, bytes, grant)]);
  }

  /** As `write`, of a large content that goes up as these chunks; their own receipts are shown to the commit, or to nobody. */
  writeChunked(path: string, parts: readonly Buffer[], shows: boolean): Promise<void> {
    return this.writeChunkedWhen(path, parts, async () => undefined, shows);
  }

  /** As `writeChunked`, with something that happens between each upload and its commit. */
  async writeChunkedWhen(path: string, parts: readonly Buffer[], between: () => Promise<void>, shows = false): Promise<void> {
    const whole = Buffer.concat(parts);
    const manifest = encodeManifest(parts.map((bytes) => ({ hash: hashOf(bytes), size: bytes.length })));
    await this.#commit(path, whole, [whole, manifest, ...parts].map(hashOf), {}, async (grant) => {
      const { receipt, shown } = await new ChunkedUpload(this.#world.url, this.#fields).upload(parts, grant);
      await between();
      return shows ? [receipt, ...shown] : [receipt];
    });
  }

  /** Proposes a content until it is taken; `used` are all contents that this needs. */
  async #commit(
    path: string,
    bytes: Buffer,
    used: readonly string[],
    first: object,
    upload: (grant: string) => Promise<string[]>,
  ): Promise<void> {
    const hash = digest('sha256', bytes);
    const done = used.map((content) => this.#world.uses.begin(content));
    try {
      const entry = { kind: 'file', hash, size: bytes.length, mtime: `${Date.now()}000000`, executable: false };
      const change = { op: 'put', id: randomUUID(), path, base: this.#versions.get(path) ?? null, entry };
      let more = first;
      for (let attempt = 0; ; attempt += 1) {
        const answer = await this.#negotiate([change], more);
        const [outcome] = answer.outcomes as [OutcomeJson];
        if (outcome.status !== 'needs_content') return this.#keep(path, outcome);
        if ('receipts' in more) this.spurious += 1;
        if (attempt > 20) throw new Error(`the server still wants ${hash}`);
        more = { receipts: await upload((answer.grants[0] as { grant: string }).grant) };
      }
    } finally {
      for (const end of done) end();
    }
  }

  async writeByCall(path: string, bytes: Buffer): Promise<void> {
    const hash = digest('sha256', bytes);
    const done = this.#world.uses.begin(hash);
    try {
      const body = { ...this.#fields, path, hash, modified: new Date().toISOString(), content: bytes.toString('base64') };
      const { version, head } = (await this.#post('/upload', body)) as { version: string; head: boolean };
      if (head) this.#versions.set(path, version);
    } finally {
      done();
    }
  }

  async delete(path: string): Promise<void> {
    const base = this.#versions.get(path);
    if (base === undefined) return;
    const { outcomes } = await this.#negotiate([{ op: 'delete', id: randomUUID(), path, base }], {});
    const [outcome] = outcomes as [OutcomeJson];
    // Nobody else writes in its directory.
    if (outcome.status === 'superseded') throw new Error(JSON.stringify(outcome));
    this.#keep(path, outcome);
  }

  /** Makes the version before the last one the head again, where it is still known. */
  async restore(path: string): Promise<void> {
    const query = new URLSearchParams({ client_id: this.#fields.client_id, directory: this.#fields.directory, shared: 'true', path });
    const history = (await (await fetch(`${this.#world.url}/api/v1/history?${query}`)).json()) as {
      versions: { version: string; hash: string | null }[];
    };
    const old = history.versions.filter(({ hash }) => hash !== null).at(1);
    if (old === undefined || old.hash === null) return;
    const done = this.#world.uses.begin(old.hash);
    try {
      const answer = await fetch(`${this.#world.url}/api/v1/restore`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ protocol: 1, ...this.#fields, path, version: old.version }),
      });
      const body = (await answer.json()) as { version?: string };
      if (answer.status === 200 && body.version !== undefined) this.#versions.set(path, body.version);
      else if (![404, 409].includes(answer.status)) throw new Error(`restore answered ${answer.status} ${JSON.stringify(body)}`);
    } finally {
      done();
    }
  }

  /** Forgets every version that is no head, as retention does. */
  async forget(): Promise<void> {
    await this.#world.database.transaction('write', async (transaction) => {
      const [row] = await transaction.query<{ id: number }>('SELECT id FROM directory WHERE key = $1 FOR UPDATE', [this.#fields.directory]);
      if (row === undefined) return;
      await transaction.query(
        `DELETE FROM version v WHERE v.directory = $1 AND NOT EXISTS (
           SELECT FROM entry e WHERE e.directory = v.directory AND e.path_hash = v.path_hash AND e.seq = v.seq AND e.ordinal = v.ordinal)`,
        [row.id],
      );
      await transaction.query('DELETE FROM conflict WHERE directory = $1', [row.id]);
    });
  }

  #keep(path: string, outcome: OutcomeJson): void {
    this.commits += 1;
    switch (outcome.status) {
      case 'committed':
        this.#versions.set(path, outcome.version);
        return;
      case 'merged':
      case 'lost':
      case 'current':
      case 'superseded':
        if (outcome.head !== null) this.#versions.set(path, outcome.head.version);
        return;
      case 'rejected':
      case 'needs_content':
      case 'held':
        throw new Error(JSON.stringify(outcome));
    }
  }

  async #upload(hash: string, bytes: Buffer, grant: string): Promise<string> {
    const answer = await fetch(`${this.#world.url}/blobs/${hash}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', [GRANT_HEADER]: grant },
      body: new Uint8Array(bytes),
    });
    if (answer.status !== 201) throw new Error(`upload answered ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { receipt: string }).receipt;
  }

  async #negotiate(changes: object[], more: object): Promise<Ok> {
    const answer = (await this.#post('/api/v1/negotiate', { ...this.#request(changes), ...more })) as Ok;
    if (answer.status !== 'ok') throw new Error(JSON.stringify(answer));
    return answer;
  }

  #request(changes: object[]): object {
    return { protocol: 1, ...this.#fields, epoch: this.#epoch === '' ? null : this.#epoch, cursor: '0', pull: false, changes };
  }

  async #post(path: string, body: object): Promise<unknown> {
    const answer = await fetch(this.#world.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status} ${text}`);
    return JSON.parse(text);
  }
}
