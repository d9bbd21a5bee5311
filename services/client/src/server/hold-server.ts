import {
  type Hold,
  type HoldKind,
  type HoldsResponse,
  ROUTES,
  type RelativePath,
  type VersionId,
  holdSchema,
  holdsResponseSchema,
} from '@syncpair/contracts';
import { type DirectoryLink, ask, checked, directoryOf, open } from './directory-link.ts';
import { readJson } from './read-json.ts';

/** The holds of one directory on the server, as its engine uses them. Every call rejects with `ServerError` when it fails. */
export interface HoldServer {
  /** Those that wait, and those that were decided lately. */
  list(): Promise<HoldsResponse>;

  /** Tells of what this client holds itself, or of what waits no longer; may be repeated. @returns the hold as it is now */
  register(news: HoldNews): Promise<Hold>;
}

export interface HoldNews {
  readonly id: string;
  readonly kind: HoldKind;
  readonly reason: string;
  readonly live: number;
  /** With the versions that the held changes were made from. */
  readonly paths: readonly { readonly path: RelativePath; readonly version: VersionId }[];
  readonly released: readonly RelativePath[];
}

export function createHoldServer(link: DirectoryLink): HoldServer {
  return {
    list: async () => {
      const query = new URLSearchParams({
        client_id: link.clientId,
        directory: link.directory,
        shared: String(link.shared),
        decided: 'true',
      });
      const answer = await open(link, { method: 'GET', path: ROUTES.holds, query });
      return checked(await readJson(answer), holdsResponseSchema, 'the list of holds');
    },
    register: (news) => ask(link, ROUTES.holds, { ...directoryOf(link), ...news }, holdSchema),
  };
}
