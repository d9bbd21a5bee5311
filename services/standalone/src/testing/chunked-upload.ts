import { hash as digest } from 'node:crypto';
import {
  type ChunksResponse,
  type ContentHash,
  GRANT_HEADER,
  blobManifestPath,
  chunksResponseSchema,
  encodeBatchPreamble,
  encodeFrameHeader,
  encodeManifest,
} from '@syncpair/contracts';

/** Of a device, as every request carries them. */
export interface UploadFields {
  readonly client_id: string;
  readonly device: string;
  readonly directory: string;
  readonly shared: boolean;
}

export const hashOf = (bytes: Uint8Array): ContentHash => digest('sha256', bytes) as ContentHash;

const BYTES = { 'content-type': 'application/octet-stream' };

/** The steps in which a client uploads a large content as chunks, each as one call. */
export class ChunkedUpload {
  readonly #url: string;
  readonly #fields: UploadFields;

  constructor(url: string, fields: UploadFields) {
    this.#url = url;
    this.#fields = fields;
  }

  async ask(hashes: readonly string[], receipts: readonly string[] = []): Promise<ChunksResponse> {
    const answer = await fetch(`${this.#url}/api/v1/chunks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ protocol: 1, ...this.#fields, hashes, receipts }),
    });
    if (answer.status !== 200) throw new Error(`chunks answered ${answer.status} ${await answer.text()}`);
    return chunksResponseSchema.parse(await answer.json());
  }

  /** The receipt of chunks that were sent. */
  async send(parts: readonly Uint8Array[], grants: ChunksResponse['grants']): Promise<string> {
    const frames = parts.flatMap((bytes) => [encodeFrameHeader(hashOf(bytes), bytes.length), bytes]);
    const body = Buffer.concat([encodeBatchPreamble(grants.map(({ grant }) => grant)), ...frames]);
    const answer = await fetch(`${this.#url}/blobs/batch`, { method: 'POST', headers: BYTES, body });
    if (answer.status !== 201) throw new Error(`batch answered ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { receipt: string }).receipt;
  }

  /** The answer to putting a content together. */
  finish(parts: readonly Uint8Array[], writeGrant: string, tokens: readonly string[]): Promise<Response> {
    const whole = hashOf(Buffer.concat(parts));
    const manifest = encodeManifest(parts.map((bytes) => ({ hash: hashOf(bytes), size: bytes.length })));
    return fetch(this.#url + blobManifestPath(whole), {
      method: 'PUT',
      headers: { ...BYTES, [GRANT_HEADER]: writeGrant },
      body: Buffer.concat([encodeBatchPreamble(tokens), manifest]),
    });
  }

  /** All of it: what is needed is sent, and the receipt of the whole given; `shown` are receipts for the commit. */
  async upload(parts: readonly Uint8Array[], writeGrant: string): Promise<{ receipt: string; shown: string[]; sent: ContentHash[] }> {
    const answer = await this.ask([...new Set(parts.map(hashOf))]);
    const needed = new Set(answer.needed);
    const fresh = [...new Map(parts.map((bytes) => [hashOf(bytes), bytes])).values()].filter((bytes) => needed.has(hashOf(bytes)));
    const shown = fresh.length === 0 ? [] : [await this.send(fresh, answer.grants)];
    const put = await this.finish(parts, writeGrant, [...shown, ...answer.readable.map(({ grant }) => grant)]);
    if (put.status !== 201) throw new Error(`manifest answered ${put.status} ${await put.text()}`);
    const { receipt } = (await put.json()) as { receipt: string };
    return { receipt, shown, sent: fresh.map(hashOf) };
  }
}
