import { parentPort, workerData } from 'node:worker_threads';
import { RootLostError } from './disk.ts';
import { releaseAtRest } from '../runtime/release-at-rest.ts';
import { DiskCore } from './disk-core.ts';
import { choosePlatform } from './platform/platform.ts';
import { Root } from './root.ts';
import type { CoreAnswer, CoreRequest, WorkerStart } from './worker-messages.ts';

/** The thread of one `WorkerDisk`: answers its requests one after the other until it is told to close. */
const { root, identity } = workerData as WorkerStart;
const core = new DiskCore(new Root(root, choosePlatform(), identity));
const port = parentPort;
if (port === null) throw new Error('disk-worker runs as a worker thread only');

const stopReleasing = releaseAtRest();
port.on('message', (request: CoreRequest | 'close') => {
  if (request === 'close') {
    stopReleasing();
    port.close();
    return;
  }
  const answer = answerTo(request);
  port.postMessage(answer, buffersOf(answer));
});

function answerTo({ id, method, args }: CoreRequest): CoreAnswer {
  try {
    const call = core[method] as (...given: readonly unknown[]) => unknown;
    return { id, status: 'answered', value: call.apply(core, [...args]) };
  } catch (error) {
    if (error instanceof RootLostError) return { id, status: 'root_lost', message: error.message };
    return { id, status: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** The contents that were read go over to the other thread without being copied. */
function buffersOf(answer: CoreAnswer): ArrayBuffer[] {
  if (answer.status !== 'answered' || !Array.isArray(answer.value)) return [];
  return answer.value.flatMap((value: unknown) => (value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : []));
}
