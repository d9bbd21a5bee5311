import type { Entry, RelativePath, VersionId } from '@syncpair/contracts';
import { describe, expect, it } from 'vitest';
import type { FileNode } from '../files/nodes.ts';
import { Tree } from '../files/tree.ts';
import { SERVER_ID, SimulatedServer } from '../server/simulated-server.ts';
import { contentHash } from '../world/content-hash.ts';
import { Ledger } from './ledger.ts';

const F = 'f' as RelativePath;

/** A ledger that watches a server, to which clients tell whatever they like. */
function makeWorld() {
  let now = 0;
  let ids = 0;
  const server: SimulatedServer = new SimulatedServer(() => 0, {
    proposed: (caller, request) => ledger.proposed(caller, request),
    committed: (directory, versions) => ledger.committed(directory, versions),
  });
  const ledger: Ledger = new Ledger(
    () => server,
    () => now,
  );
  const tree = new Tree(() => 0);
  const file = (text: string): FileNode => tree.newFile(Buffer.from(text), null, false);
  const whereOf = (client: number) => ({ client, directory: 'd', patterns: [] });
  const send = (client: number, change: object, contents: [string, Uint8Array][] = [], isLate = false): void => {
    const caller = { clientId: `c${client}`, client, device: `device ${client}`, directory: 'd', patterns: [], isLate };
    const state = { epoch: 'epoch of d', cursor: 0, mark: null, server: SERVER_ID, applied: 0, run: null, joins: false, pull: false };
    server.negotiate(caller, {
      ...state,
      changes: [{ id: `${ids++}`, path: F, ...change }],
      receipts: [],
      contents: new Map(contents),
    } as unknown as Parameters<SimulatedServer['negotiate']>[1]);
  };
  const world = {
    ledger,
    tree,
    file,
    whereOf,
    pass: (ms: number): void => void (now += ms),
    /** Somebody at a client writes a content. */
    write: (client: number, text: string): void => ledger.wrote(whereOf(client), F, file(text)),
    /** The engine brings a content to a client. */
    bring: (client: number, text: string): void => ledger.onDisk(whereOf(client)).creating(F, file(text)),
    /** A client tells of a content, made from a version or from nothing. The later it is told, the newer it is. */
    put: (client: number, text: string, base: string | null = null, { isLate = false, mtime = BigInt(ids) } = {}): void => {
      const bytes = Buffer.from(text);
      const hash = contentHash(bytes);
      const entry: Entry = { kind: 'file', hash, size: bytes.length, mtime: mtime * 1_000_000n, executable: false };
      send(client, { op: 'put', base: base as VersionId | null, entry }, [[hash, bytes]], isLate);
    },
    remove: (client: number, base: string): void => send(client, { op: 'delete', base: base as VersionId }),
    rules: (): string[] => ledger.findings.map(({ rule }) => rule),
  };
  return world;
}
type Made = ReturnType<typeof makeWorld>;

describe('I4: whoever wrote over a content contests nothing', () => {
  it.each<[name: string, play: (made: Made) => void]>([
    [
      'of their own',
      ({ write, put }) => {
        write(1, 'one');
        write(1, 'two');
        put(1, 'one');
        put(1, 'two');
      },
    ],
    [
      'of their own at some remove, also when the clock lets it lose',
      ({ write, put }) => {
        for (const text of ['one', 'two', 'three']) write(1, text);
        put(1, 'one', null, { mtime: 9n });
        put(1, 'three', null, { mtime: 2n });
      },
    ],
    [
      'that the engine had brought them',
      ({ write, bring, put, pass }) => {
        write(2, 'one');
        put(2, 'one');
        bring(1, 'one');
        pass(60_000);
        write(1, 'two');
        put(1, 'two');
      },
    ],
    [
      'that others wrote, and that nobody at the teller touched',
      ({ write, put }) => {
        write(2, 'one');
        write(2, 'two');
        put(2, 'two');
        put(1, 'one');
      },
    ],
    [
      'that the engine had brought them long before they were killed',
      ({ ledger, whereOf, write, bring, put, pass }) => {
        write(2, 'one');
        put(2, 'one');
        bring(1, 'one');
        pass(60_000);
        write(1, 'two');
        ledger.crashed(whereOf(1));
        put(1, 'two');
      },
    ],
  ])('%s', (_name, play) => {
    const made = makeWorld();
    play(made);
    expect(made.rules()).toEqual(['I4']);
  });

  it.each<[name: string, play: (made: Made) => void]>([
    [
      'a version made from the one before',
      ({ write, put }) => {
        write(1, 'one');
        write(1, 'two');
        put(1, 'one');
        put(1, 'two', '1.0');
      },
    ],
    [
      'a conflict of two of which neither had the other',
      ({ write, put }) => {
        write(1, 'one');
        write(2, 'two');
        put(1, 'one');
        put(2, 'two');
      },
    ],
    [
      'a conflict with a content that two had written',
      ({ write, put }) => {
        write(1, 'one');
        write(1, 'two');
        write(2, 'one');
        put(2, 'one');
        put(1, 'two');
      },
    ],
    [
      'a conflict of a client that lost its state',
      ({ ledger, whereOf, write, put }) => {
        write(1, 'one');
        put(1, 'one');
        write(1, 'two');
        ledger.forgot(whereOf(1));
        put(1, 'two');
      },
    ],
    [
      'a conflict of a client that was killed before it could note what it had brought',
      ({ ledger, whereOf, write, bring, put }) => {
        write(2, 'one');
        put(2, 'one');
        bring(1, 'one');
        write(1, 'two');
        ledger.crashed(whereOf(1));
        put(1, 'two');
      },
    ],
    [
      'a conflict with what a power cut made of a file, though another wrote the same over',
      ({ ledger, whereOf, write, put, tree, file }) => {
        write(2, '');
        write(2, 'two');
        write(1, 'one');
        tree.root.children.set(F, file(''));
        ledger.left(whereOf(1), tree.root);
        ledger.forgot(whereOf(1));
        put(1, '');
        put(2, 'two');
      },
    ],
    [
      'a conflict with an older content that another told again after it lost its state',
      ({ ledger, whereOf, write, bring, put, remove, file }) => {
        write(2, 'one');
        put(2, 'one');
        bring(1, 'one');
        bring(3, 'one');
        remove(2, '1.0');
        write(1, 'two');
        ledger.forgot(whereOf(3));
        ledger.placed('d', F, file('one'));
        put(3, 'one');
        put(1, 'two');
      },
    ],
    [
      'a conflict told by a request that was given up before it came',
      ({ write, put }) => {
        write(1, 'one');
        write(1, 'two');
        put(1, 'two');
        put(1, 'one', null, { isLate: true });
      },
    ],
    [
      'a conflict with what such a request had told',
      ({ write, put }) => {
        write(1, 'one');
        write(1, 'two');
        put(1, 'one', null, { isLate: true });
        put(1, 'two');
      },
    ],
    [
      'a conflict of a content from others that its teller does not know any more to be theirs',
      ({ ledger, whereOf, write, put }) => {
        write(2, 'one');
        write(2, 'two');
        put(2, 'two');
        ledger.forgot(whereOf(1));
        put(1, 'one');
      },
    ],
  ])('lets pass %s', (_name, play) => {
    const made = makeWorld();
    play(made);
    expect(made.rules()).toEqual([]);
  });
});

describe('I5: a deletion', () => {
  it('of what its client never had is told', () => {
    const { write, put, remove, rules } = makeWorld();
    write(2, 'one');
    put(2, 'one');
    remove(1, '1.0');
    expect(rules()).toEqual(['I5']);
  });

  it('of what its client wrote or was brought passes', () => {
    const { write, bring, put, remove, rules } = makeWorld();
    write(1, 'one');
    put(1, 'one');
    remove(1, '1.0');
    write(2, 'two');
    put(2, 'two', '2.0');
    bring(1, 'two');
    remove(1, '3.0');
    expect(rules()).toEqual([]);
  });
});
