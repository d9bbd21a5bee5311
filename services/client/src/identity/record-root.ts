import type { RootIdentity } from '../disk/disk.ts';
import type { Engine } from '../daemon/engine.ts';
import { writeRootRecord } from './root-record.ts';

/** Writes down outside of the folder which root is in sync at its local path, with the server that is known by now. */
export function recordRoot({ state, config, log }: Pick<Engine, 'state' | 'config' | 'log'>, { device, inode }: RootIdentity): void {
  const record = {
    local_path: config.localPath,
    root: state.fact('root') ?? '',
    device,
    inode,
    directory: state.fact('namespace') ?? config.name,
    server: state.fact('server'),
  };
  try {
    writeRootRecord(record);
  } catch (error) {
    log.warn(
      `${config.name}: which folder this is could not be written down (${(error as Error).message}); a missing disk at the next start would be taken for a new folder`,
    );
  }
}
