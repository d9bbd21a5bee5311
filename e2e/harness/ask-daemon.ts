import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/**
 * Asks a daemon the way the commands do, over the socket in its runtime folder, without the cost of a process for each question.
 *
 * @returns what it answers, or null when none listens
 */
export async function askDaemon<T>(runtimeFolder: string, method: 'status' | 'holds'): Promise<T | null> {
  for (const path of socketsIn(join(runtimeFolder, 'syncpair'))) {
    const answer = await askAt(path, method);
    if (answer !== null) return answer as T;
  }
  return null;
}

function askAt(path: string, method: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.on('close', () => resolve(null));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A daemon that was killed leaves its socket.
      if (['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '')) resolve(null);
      else reject(error);
    });
    socket.write(`${JSON.stringify({ id: 1, method, params: [] })}\n`);
    let text = '';
    socket.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      // The first line is a greeting, the second one the answer.
      const [, answer, rest] = text.split('\n');
      if (answer === undefined || rest === undefined) return;
      resolve((JSON.parse(answer) as { result?: unknown }).result ?? null);
      socket.destroy();
    });
  });
}

function socketsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.sock'))
      .map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
