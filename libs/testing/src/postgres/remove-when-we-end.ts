import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Waits for the end of its standard input, which the kernel closes however the parent ends, then stops the PostgreSQL in `$1` that did not
 * stop by itself and removes the folder. A session of its own and deaf to Ctrl-C, which a terminal sends to the parent's whole group.
 */
const SCRIPT = `
trap '' INT TERM HUP
cat > /dev/null
pid=$(head -n 1 "$1/postgres/data/postmaster.pid" 2> /dev/null) && kill -INT "$pid" 2> /dev/null
tries=0
while [ -e "$1/postgres/data/postmaster.pid" ] && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
rm -rf -- "$1"
`;

/** Removes a storage directory of this test process when the process is gone, also after a kill -9. */
export function removeWhenWeEnd(storageDir: string): void {
  const reaper = spawn('sh', ['-c', SCRIPT, 'sh', storageDir], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  reaper.unref();
  if (reaper.stdin instanceof Socket) reaper.stdin.unref();
}
