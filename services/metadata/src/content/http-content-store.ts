import { type Readable } from 'node:stream';
import {
  type ContentHash,
  DomainError,
  GRANT_HEADER,
  type GrantClaims,
  LOCATION_HEADER,
  type PublicKeyJson,
  ROUTES,
  decodeFrames,
  encodeBatchPreamble,
  encodeFrameHeader,
  publicKeysSchema,
  receiptResponseSchema,
} from '@syncpair/contracts';
import type { GrantSigner } from '../auth/grant-signer.ts';
import { BlobHttp } from './blob-http.ts';
import type { ByteRange, ContentAddress, ContentStore, StoredContent } from './content-store.ts';
import { ReceiptVerifier } from './receipt-verifier.ts';

const BYTES = 'application/octet-stream';

/** The blob service over HTTP, spoken to as any bearer of grants would; metadata signs its own. */
export class HttpContentStore implements ContentStore {
  readonly #http: BlobHttp;
  readonly #grants: GrantSigner;
  readonly #clock: () => number;
  readonly #receipts: ReceiptVerifier;

  constructor(baseUrl: string, grants: GrantSigner, clock: () => number = Date.now) {
    this.#http = new BlobHttp(baseUrl);
    this.#grants = grants;
    this.#clock = clock;
    this.#receipts = new ReceiptVerifier(this, clock);
  }

  async put(who: string, hash: ContentHash, body: Readable): Promise<StoredContent> {
    const headers = { [GRANT_HEADER]: this.#grant('write', who, [{ hash }]), 'content-type': BYTES };
    const answer = await this.#http.sendForJson({ method: 'PUT', path: `${ROUTES.blobs}/${hash}`, headers, body });
    return (await this.#claimed(who, answer))[0] as StoredContent;
  }

  async putMany(
    who: string,
    contents: readonly { readonly hash: ContentHash; readonly bytes: Uint8Array }[],
  ): Promise<readonly StoredContent[]> {
    if (contents.length === 0) return [];
    const grant = this.#grant(
      'write',
      who,
      contents.map(({ hash }) => ({ hash })),
    );
    const frames = contents.flatMap(({ hash, bytes }) => [encodeFrameHeader(hash, bytes.length), bytes]);
    const body = Buffer.concat([encodeBatchPreamble([grant]), ...frames]);
    const headers = { 'content-type': BYTES, 'content-length': String(body.length) };
    return this.#claimed(who, await this.#http.sendForJson({ method: 'POST', path: ROUTES.blobBatch, headers, body }));
  }

  async open(who: string, content: ContentAddress, range?: ByteRange): Promise<Readable> {
    const headers = {
      [GRANT_HEADER]: this.#grant('read', who, [content]),
      ...(range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` }),
    };
    return this.#http.send({ method: 'GET', path: `${ROUTES.blobs}/${content.hash}`, headers });
  }

  async readMany(who: string, contents: readonly ContentAddress[]): Promise<ReadonlyMap<ContentHash, Uint8Array>> {
    const found = new Map<ContentHash, Uint8Array>();
    if (contents.length === 0) return found;
    const body = Buffer.from(JSON.stringify({ grants: [this.#grant('read', who, contents)], hashes: contents.map(({ hash }) => hash) }));
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    const answer = await this.#http.send({ method: 'POST', path: ROUTES.blobFetch, headers, body });
    for await (const { hash, bytes } of decodeFrames(answer)) if (bytes !== null) found.set(hash, bytes);
    return found;
  }

  async find(who: string, contents: readonly ContentAddress[]): Promise<readonly StoredContent[]> {
    const found: StoredContent[] = [];
    for (const content of contents) {
      const headers = { [GRANT_HEADER]: this.#grant('read', who, [content]) };
      const told = await this.#http.sendForHeaders({ method: 'HEAD', path: `${ROUTES.blobs}/${content.hash}`, headers });
      if (told === null) continue;
      const { 'content-length': size, [LOCATION_HEADER]: location } = told;
      found.push({ hash: content.hash, size: Number(size), location: typeof location === 'string' ? location : content.location });
    }
    return found;
  }

  async receiptKeys(): Promise<readonly PublicKeyJson[]> {
    return publicKeysSchema.parse(await this.#http.sendForJson({ method: 'GET', path: ROUTES.receiptKeys })).keys;
  }

  async health(): Promise<void> {
    await this.#http.sendForJson({ method: 'GET', path: ROUTES.blobHealth });
  }

  #grant(use: GrantClaims['use'], who: string, contents: readonly (Pick<ContentAddress, 'hash'> & { location?: string })[]): string {
    const named = contents.map(({ hash, location }) => (location === undefined ? { hash } : { hash, location }));
    return this.#grants.sign(use, who, named, this.#clock());
  }

  async #claimed(who: string, answer: unknown): Promise<readonly StoredContent[]> {
    const { receipt } = receiptResponseSchema.parse(answer);
    const claims = await this.#receipts.verify(receipt, who);
    if (claims === null) throw new DomainError('unavailable', 'the content store gave a receipt that does not hold');
    return claims.contents;
  }
}
