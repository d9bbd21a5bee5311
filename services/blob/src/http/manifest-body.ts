import { DomainError, MAX_MANIFEST_BYTES, MAX_MANIFEST_PREAMBLE_BYTES, decodeBatchPreamble } from '@syncpair/contracts';

/** What a content is to be put together from, and what allows it: read grants and receipts. */
export interface ManifestBody {
  readonly tokens: readonly string[];
  readonly manifest: Buffer;
}

/**
 * @throws {FrameError} when the body ends inside its preamble, or that is too long
 * @throws {DomainError} `too_large`
 */
export async function readManifestBody(body: AsyncIterable<Uint8Array>): Promise<ManifestBody> {
  const { grants: tokens, frames: rest } = await decodeBatchPreamble(body, MAX_MANIFEST_PREAMBLE_BYTES);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of rest) {
    length += part.length;
    if (length > MAX_MANIFEST_BYTES) throw new DomainError('too_large', `a manifest has at most ${MAX_MANIFEST_BYTES} bytes`);
    parts.push(part);
  }
  return { tokens, manifest: Buffer.concat(parts) };
}
