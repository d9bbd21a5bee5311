import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobModule, BlobService, type BlobStore, ChunkUnreadable, ChunkedBlobStore, openDiskBlobStore } from '@syncpair/blob';
import type { ContentHash } from '@syncpair/contracts';
import { Database, MetadataModule, openDatabase } from '@syncpair/metadata';
import { createServiceApp } from '@syncpair/service-http';
import { testDatabase } from '@syncpair/testing';
import { Module } from '@nestjs/common';
import { LocalContentStore } from '../local-content-store.ts';
import { LocalContentUpkeep } from '../local-content-upkeep.ts';
import { MetadataGrantKeys } from '../metadata-grant-keys.ts';
import { AgedUpkeep, Uses } from './aged-upkeep.ts';

@Module({})
class WorldModule {}

const MAX_BYTES = 1024 ** 3;
const silent = { info: () => undefined, warn: () => undefined };

/** Both services in this process as `syncpair server` runs them, on a real PostgreSQL and a disk, with packs of a few contents. */
export class CollectWorld {
  readonly uses = new Uses();
  readonly database: Database;
  readonly store: BlobStore;
  readonly upkeep: AgedUpkeep;
  readonly url: string;
  readonly databaseUrl: string;
  readonly folder: string;
  readonly #close: () => Promise<void>;

  private constructor(parts: {
    database: Database;
    store: BlobStore;
    url: string;
    databaseUrl: string;
    folder: string;
    close: () => Promise<void>;
  }) {
    this.database = parts.database;
    this.store = parts.store;
    this.url = parts.url;
    this.databaseUrl = parts.databaseUrl;
    this.folder = parts.folder;
    this.#close = parts.close;
    this.upkeep = new AgedUpkeep(new LocalContentUpkeep(parts.store), this.uses);
  }

  static async start(): Promise<CollectWorld> {
    const server = await testDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'syncpair-collect-'));
    const store = await openDiskBlobStore(folder, { packLimits: { bytes: 64 * 1024, records: 12 } });
    const blobs = await BlobService.open({ store });
    const dataSource = await openDatabase({ url: server.url, poolSize: 16, log: silent });
    const grantKeys = new MetadataGrantKeys();
    const metadata = MetadataModule.register({
      dataSource,
      directDatabaseUrl: server.url,
      contentStore: (signer) => {
        grantKeys.know(signer.publicKeys());
        return new LocalContentStore(store, blobs, MAX_BYTES, () => undefined);
      },
      auth: 'open',
      // Actors delete the same few files for ever; what waits for approval would keep its content.
      hold: 'off',
    });
    const root = { module: WorldModule, imports: [metadata, BlobModule.register({ store, grantKeys, maxBlobBytes: MAX_BYTES })] };
    const app = await createServiceApp(root, { name: 'server', logLevel: 'error', quiet: true });
    await app.listen(0, '127.0.0.1');
    const close = async (): Promise<void> => {
      await app.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
      await server.close();
    };
    return new CollectWorld({ database: new Database(dataSource), store, url: await app.getUrl(), databaseUrl: server.url, folder, close });
  }

  /** Ends pins of contents that nobody uses any more, as time does. */
  async agePins(): Promise<void> {
    const pins = await this.database.query<{ hash: Buffer; until: string }>(
      `SELECT hash, pinned_until::text AS until FROM blob WHERE pinned_until > now()`,
    );
    // A pin that was set after it was read here is longer, and stays.
    const over = pins.filter(({ hash }) => !this.uses.isUsed(hash.toString('hex')));
    await this.database.query(
      `UPDATE blob b SET pinned_until = '-infinity' FROM unnest($1::bytea[], $2::timestamptz[]) p(hash, until)
       WHERE b.hash = p.hash AND b.pinned_until = p.until`,
      [over.map(({ hash }) => hash), over.map(({ until }) => until)],
    );
  }

  /** Contents that some version has and that cannot be read, though the version is there before and after the attempt. */
  async missing(): Promise<string[]> {
    const named = `SELECT DISTINCT v.hash, b.location FROM version v LEFT JOIN blob b ON b.hash = v.hash WHERE v.hash IS NOT NULL`;
    const bad: Buffer[] = [];
    for (const { hash, location } of await this.database.query<{ hash: Buffer; location: string | null }>(named)) {
      if (!(await this.#isWhole(hash.toString('hex') as ContentHash, location))) bad.push(hash);
    }
    if (bad.length === 0) return [];
    const still = await this.database.query<{ hash: Buffer; location: string | null; state: string }>(
      `SELECT DISTINCT v.hash, b.location, b.state FROM version v LEFT JOIN blob b ON b.hash = v.hash WHERE v.hash = ANY($1::bytea[])`,
      [bad],
    );
    const missing: string[] = [];
    for (const { hash, location, state } of still) {
      const name = hash.toString('hex') as ContentHash;
      if (!(await this.#isWhole(name, location))) missing.push(`${name} ${state} ${location}`);
    }
    return missing;
  }

  /** Rows of contents that are still there, with the versions that name them. */
  left(): Promise<unknown[]> {
    return this.database.query(
      `SELECT encode(b.hash, 'hex') AS hash, b.state, b.pinned_until::text, b.location, d.key, v.path, v.seq, v.ordinal, v.lost, e.seq AS head
       FROM blob b LEFT JOIN version v ON v.hash = b.hash LEFT JOIN directory d ON d.id = v.directory
       LEFT JOIN entry e ON e.directory = v.directory AND e.path_hash = v.path_hash`,
    );
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #isWhole(hash: ContentHash, location: string | null): Promise<boolean> {
    const opened = location === null ? null : await new ChunkedBlobStore(this.store).open({ hash, location });
    if (opened === null) return false;
    const sum = createHash('sha256');
    try {
      for await (const chunk of opened.body) sum.update(chunk as Buffer);
    } catch (error) {
      if (error instanceof ChunkUnreadable) return false;
      throw error;
    }
    return sum.digest('hex') === hash;
  }
}

export const randomDevice = (): string => randomBytes(16).toString('hex');
