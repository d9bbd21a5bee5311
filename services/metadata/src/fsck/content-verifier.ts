import type { ContentHash } from '@syncpair/contracts';
import type { StoredContent } from '../content/content-store.ts';

/** What reading all bytes of a content has shown. */
export type Verdict =
  /** They have the hash; where they lie, which need not be where the row says. */
  { readonly status: 'whole'; readonly content: StoredContent } | { readonly status: 'missing' } | { readonly status: 'damaged' };

/** A flaw of the store's own files, see the blob service. */
export interface StoreFlaw {
  readonly kind: 'pack' | 'index' | 'foreign' | 'tail';
  readonly place: string;
  readonly message: string;
  readonly mended: boolean;
}

/** What `fsck` needs of the store: everything is read to its end, in bounded memory. */
export interface ContentVerifier {
  /** A verdict for each, in the order asked. An empty location: the content is looked for. */
  verify(contents: readonly StoredContent[]): AsyncIterable<Verdict>;
  inspect(repair: boolean): AsyncIterable<StoreFlaw>;
  /** Puts a damaged copy aside. */
  quarantine(hash: ContentHash): Promise<boolean>;
  /** Contents that lie in no volume. */
  listAlone(): AsyncIterable<StoredContent>;
}
