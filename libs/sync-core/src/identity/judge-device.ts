/** Where a folder with its state was when a client last opened it. */
export interface Place {
  /** The machine, by an id that no other machine has. */
  readonly machine: string;
  readonly inode: string;
}

/** Whether a state is where it was, or was copied together with its folder. A disk may come under another number: only the inode counts. */
export function judgeDevice(known: Place | null, found: Place): 'same' | 'copied' {
  return known === null || (known.machine === found.machine && known.inode === found.inode) ? 'same' : 'copied';
}
