import type { Engine } from '../daemon/engine.ts';
import { type Decided, negotiate } from '../negotiate/negotiator.ts';
import { type Grants, type Upload, upload } from './upload.ts';

/**
 * Gives the server contents that it has lost, as far as files here still have them. Only a file that is what the base says counts; what was
 * changed meanwhile is left to be pushed as ever. Asked again by the server until somebody has sent them.
 *
 * @throws {ServerError}
 */
export async function heal(engine: Engine, wanted: NonNullable<Decided['wanted']>): Promise<void> {
  const uploads = wanted.contents.flatMap(({ hash, size, paths }): Upload[] => {
    for (const path of paths) {
      const base = engine.state.base.get(path);
      if (base === null || base.state.kind !== 'file' || base.state.hash !== hash || base.stamp === null || base.inode === null) continue;
      const change = { op: 'put', id: engine.newId(), path, base: base.version, entry: base.state } as const;
      return [{ proposal: { change, put: { entry: base.state, stamp: base.stamp, inode: base.inode } }, hash, size }];
    }
    return [];
  });
  if (uploads.length === 0) return;
  const grants: Grants = wanted.grants;
  const { receipts, proposals } = await upload(engine, uploads, grants);
  if (receipts.length === 0) return;
  await negotiate(engine, { changes: [], receipts, pull: false });
  engine.log.info(`gave the server ${proposals.length} contents again that it had lost`);
}
