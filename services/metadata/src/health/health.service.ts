import type { ContentStore } from '../content/content-store.ts';
import type { Queryable } from '../database/database.ts';
import { durabilityOf } from '../database/durability-of.ts';

export interface Health {
  readonly status: 'ok' | 'unavailable';
  /** Of each part that this service needs: `ok`, or why not. */
  readonly database: string;
  readonly contents: string;
  /** `ok`, or why a power cut can take what was acknowledged; see `durabilityOf`. Null while the database does not answer. */
  readonly durability: string | null;
}

/** Milliseconds in which each part must answer. */
const PATIENCE_MS = 3_000;

/** Whether the service can do its work: database and content store answer. */
export class HealthService {
  readonly #db: Queryable;
  readonly #store: ContentStore;

  /** Which server this is. */
  readonly serverId: string;

  constructor(db: Queryable, store: ContentStore, serverId: string) {
    this.serverId = serverId;
    this.#db = db;
    this.#store = store;
  }

  async check(): Promise<Health> {
    let durability: string | null = null;
    const asked = durabilityOf(this.#db).then((found) => (durability = found));
    const [database, contents] = await Promise.all([answers(asked), answers(this.#store.health())]);
    return { status: database === 'ok' && contents === 'ok' ? 'ok' : 'unavailable', database, contents, durability };
  }
}

async function answers(asked: Promise<unknown>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer in ${PATIENCE_MS} ms`), PATIENCE_MS);
  });
  const answered = asked.then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : 'it failed'),
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
