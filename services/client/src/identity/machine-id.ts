import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

const FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

/** An id that no other machine has, where the system keeps one; else its name. Hashed, because the system's own is not to be told. */
export function machineId(): string {
  return createHash('sha256').update(`syncpair ${ownId()}`).digest('hex').slice(0, 32);
}

function ownId(): string {
  for (const file of FILES) {
    try {
      const id = readFileSync(file, 'utf8').trim();
      if (id !== '') return id;
    } catch {
      // Not every system has one.
    }
  }
  return hostname();
}
