import { runCli } from './cli/run-cli.ts';

// A reader that has seen enough (`| head`) is no failure; a terminal that is gone must not stop the daemon.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  if (error.code === 'EIO') return;
  process.stderr.write(`syncpair: stdout cannot be written: ${error.message}\n`);
  process.exit(1);
});
process.stderr.on('error', () => undefined);

const exitCode = await runCli(process.argv.slice(2), process.stdout, process.stderr);
// Pipes of some systems are written behind the scenes; an exit would cut what is still on its way.
await new Promise<void>((resolve) => process.stdout.write('', () => process.stderr.write('', () => resolve())));
process.exit(exitCode);
