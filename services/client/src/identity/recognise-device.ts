import { type Place, judgeDevice } from '@syncpair/sync-core';
import type { Engine } from '../daemon/engine.ts';
import { findFolder } from './find-folder.ts';
import { machineId } from './machine-id.ts';
import { giveNotice } from './notice.ts';

/**
 * At the start of a client: a state that was copied together with its folder becomes one of a device of its own, and each start gets a name.
 *
 * @throws system errors
 */
export function recogniseDevice(about: Pick<Engine, 'log' | 'config' | 'state' | 'clock'>): void {
  const { state, config } = about;
  const found = findFolder(config.localPath);
  if (found === null || found === 'other') return;
  const place: Place = { machine: machineId(), inode: found.inode };
  const isCopied = judgeDevice(readPlace(state.fact('place')), place) === 'copied';
  state.transaction(() => {
    if (isCopied && state.fact('epoch') !== null) {
      state.renewDevice();
      state.setFact('doubt', 'copied');
      giveNotice(
        about,
        'this folder is a copy of one that was in sync elsewhere, or was restored, with its state: it goes on as a client of its own. What the state says is checked against disk and server: nothing is deleted, and nothing newer is replaced',
      );
    }
    state.setFact('place', `${place.machine} ${place.inode}`);
    state.startRun();
  });
}

function readPlace(text: string | null): Place | null {
  const [machine, inode] = text?.split(' ') ?? [];
  return machine === undefined || inode === undefined ? null : { machine, inode };
}
