import type { ServerProcess } from './server-process.ts';
import { runSyncpair } from './real-process.ts';

/** What `syncpair fsck` found in the storage of a server, as it prints it. */
export interface FsckDocument {
  readonly clean: boolean;
  /** Contents whose bytes were read. */
  readonly contents: number;
  readonly problems: readonly { readonly kind: string; readonly places: readonly string[]; readonly message: string }[];
}

/** Runs `syncpair fsck` beside a server. @throws {Error} when it could not find out how things are */
export async function fsck(server: ServerProcess, ...options: string[]): Promise<{ code: number | null; report: FsckDocument }> {
  const place = { cwd: server.storageDir, env: process.env };
  const { code, stdout, stderr } = await runSyncpair(['fsck', '--storage-dir', server.storageDir, '--json', ...options], place);
  if (code !== 0 && code !== 4) throw new Error(`fsck ended with ${code}: ${stderr}`);
  return { code, report: JSON.parse(stdout) as FsckDocument };
}
