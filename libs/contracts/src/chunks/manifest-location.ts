import { type ContentHash, parseContentHash } from '../content-hash.ts';

/** Where a content that lies as chunks is found: by its manifest. */
export interface ManifestLocation {
  /** The manifest's own SHA-256. */
  readonly manifest: ContentHash;
  /** Where the manifest lies, for the store's driver; a hint that may be stale. */
  readonly location: string;
}

const PREFIX = 'manifest:';
const HASH_LENGTH = 64;

/** The location in the receipt of a content that was put together from chunks, as `manifest:HASH:LOCATION`. */
export function formatManifestLocation({ manifest, location }: ManifestLocation): string {
  return `${PREFIX}${manifest}:${location}`;
}

/** Null for the location of a content that lies as one. */
export function parseManifestLocation(text: string | undefined): ManifestLocation | null {
  if (text === undefined || !text.startsWith(PREFIX) || text[PREFIX.length + HASH_LENGTH] !== ':') return null;
  const manifest = parseContentHash(text.slice(PREFIX.length, PREFIX.length + HASH_LENGTH));
  return manifest.ok ? { manifest: manifest.value, location: text.slice(PREFIX.length + HASH_LENGTH + 1) } : null;
}
