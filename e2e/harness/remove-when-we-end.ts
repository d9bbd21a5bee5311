import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Waits for the end of its standard input, which the kernel closes however the parent ends, then ends every process that works in the folder
 * `$1` (each of ours has its working directory there, the embedded PostgreSQL too) and removes the folder. A session of its own and deaf to
 * Ctrl-C, which a terminal sends to the parent's whole group.
 */
const SCRIPT = `
trap '' INT TERM HUP
cat > /dev/null
for tries in 1 2 3; do
  for process in /proc/[0-9]*; do
    case "$(readlink "$process/cwd" 2> /dev/null)" in
      "$1"/*) kill -KILL "\${process#/proc/}" 2> /dev/null ;;
    esac
  done
  [ "$2" = keep ] && exit
  rm -rf -- "$1" 2> /dev/null
  [ -e "$1" ] || exit
  sleep 0.5
done
`;

/** Ends what works in a folder and removes it when this test process is gone, also after a kill -9. `keep`: only ends. */
export function removeWhenWeEnd(folder: string, { keep }: { readonly keep: boolean }): void {
  const reaper = spawn('sh', ['-c', SCRIPT, 'sh', folder, keep ? 'keep' : 'remove'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  reaper.unref();
  if (reaper.stdin instanceof Socket) reaper.stdin.unref();
}
