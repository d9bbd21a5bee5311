import type { DirectoryConfig } from '../config/config.ts';
import type { DirectoryQueries } from '../server/queries.ts';
import type { CommandConfig } from './read-config.ts';

/** The server's calls about one directory; the HTTP client is loaded only by commands that need it. */
export async function openQueries({ config }: CommandConfig, directory: DirectoryConfig): Promise<DirectoryQueries> {
  const [{ createHttp }, { DirectoryQueries: Queries }] = await Promise.all([import('../server/http.ts'), import('../server/queries.ts')]);
  return new Queries(createHttp(config.server), { client_id: config.clientId, name: directory.name, shared: directory.shared });
}
