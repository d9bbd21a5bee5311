import type { DiskWitness } from '../disk/witness.ts';
import type { FolderNode } from '../files/nodes.ts';
import { Ledger, type Where } from '../oracle/ledger.ts';
import { MACHINE_ACTS, type MachineAct, type Plan, type Step, type UserAct } from '../plan/plan.ts';
import { SimulatedServer } from '../server/simulated-server.ts';
import { Trace } from '../world/trace.ts';
import { BEGINNING_MS, VirtualTime } from '../world/virtual-time.ts';
import { Machine } from './machine.ts';

/** All machines of a plan, the server, and what is between them. */
export class World {
  readonly time = new VirtualTime();
  readonly trace: Trace;
  readonly ledger: Ledger;
  readonly server: SimulatedServer;
  readonly machines: readonly Machine[];
  readonly directories: readonly string[];
  /** When the engine last changed a disk, or anybody a directory of the server; milliseconds since the beginning. */
  lastChange = 0;

  constructor(plan: Plan, keepTrace: boolean) {
    this.trace = new Trace(keepTrace);
    this.ledger = new Ledger(
      () => this.server,
      () => this.time.now,
    );
    this.server = new SimulatedServer(() => BEGINNING_MS + this.time.now, {
      proposed: (caller, request) => {
        if (request.changes.length === 0) return;
        this.note(`the server hears from ${caller.clientId} of ${caller.directory}: ${request.changes.map(describeChange).join('; ')}`);
        this.ledger.proposed(caller, request);
      },
      committed: (directory, versions) => {
        this.lastChange = this.time.now;
        this.note(
          `${directory} has ${versions.map(({ path, version, state, lost }) => `${path} ${version} ${state.kind}${lost ? ' (lost)' : ''}`).join('; ')}`,
        );
        this.ledger.committed(directory, versions);
      },
    });
    this.directories = Array.from({ length: plan.directories }, (_, number) => `d${number}`);
    this.machines = plan.clients.map((_, index) => new Machine(this, plan, index));
  }

  note(line: string): void {
    this.trace.note(this.time.now, line);
  }

  perform({ client, directory, act }: Step): void {
    const machine = this.machines[client];
    const name = this.directories[directory];
    if (machine === undefined || name === undefined) return;
    this.note(`client ${client} ${name}: ${JSON.stringify(act)}`);
    if (MACHINE_ACTS.has(act.do)) machine.perform(act as MachineAct, name);
    else {
      const folder = machine.folders.get(name);
      if (folder?.root === 'there' && !folder.user.perform(act as UserAct)) this.note('    to no effect');
    }
  }

  /** Sees what the engine does on a disk. */
  witnessOf(where: Where): DiskWitness {
    const ledger = this.ledger.onDisk(where);
    const note = (what: string): void => {
      this.lastChange = this.time.now;
      this.note(`client ${where.client} ${where.directory} disk: ${what}`);
    };
    return {
      creating: (path, made) => {
        note(`creates ${made.kind} ${path}`);
        ledger.creating(path, made);
      },
      replacing: (path, old, made) => {
        note(made === null ? `removes ${old.kind} ${path}` : `replaces ${old.kind} ${path}`);
        ledger.replacing(path, old, made);
      },
      renaming: (from, to, node) => {
        note(`renames ${node.kind} ${from} to ${to}`);
        ledger.renaming(from, to, node);
      },
      dressing: (path, node) => {
        note(`dresses ${path}`);
        ledger.dressing(path, node);
      },
    };
  }

  rootOf(client: number, directory: string): FolderNode {
    return (this.machines[client] as Machine).folders.get(directory)!.tree.root;
  }
}

function describeChange(change: Parameters<Ledger['proposed']>[1]['changes'][number]): string {
  switch (change.op) {
    case 'put':
      return `put ${change.entry.kind} ${change.path} on ${change.base ?? 'nothing'}`;
    case 'delete':
      return `delete ${change.path} ${change.base}`;
    case 'move':
      return `move ${change.from} to ${change.to}`;
  }
}
