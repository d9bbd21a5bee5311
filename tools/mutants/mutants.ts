import type { Mutant } from './mutant.ts';

const CORE = 'libs/sync-core/src/commit';
const CLIENT = 'services/client/src';
const METADATA = 'services/metadata/src';
const BLOB = 'services/blob/src';

/** The mistakes that the tests must catch. Each makes of one rule of the engine its opposite. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'drop fsync',
    edits: [
      { file: `${BLOB}/drivers/disk/folder.ts`, from: 'return this.#handle.sync();', to: 'return Promise.resolve();' },
      {
        file: `${BLOB}/drivers/disk/loose-objects.ts`,
        from: '      await handle.sync();\n      await shard.adopt',
        to: '      await shard.adopt',
      },
    ],
    specs: [`${BLOB}/drivers/disk/crash.spec.ts`],
  },
  {
    name: 'acknowledge before the commit',
    edits: [
      {
        file: `${METADATA}/database/database.ts`,
        from: "      const result = await work(this.#transactionOf(runner));\n      await runSql(runner, 'COMMIT', [], false);",
        to: "      const result = await work(this.#transactionOf(runner));\n      void runSql(runner, 'COMMIT', [], false).catch(() => undefined);",
      },
    ],
    specs: [`${METADATA}/sync/durable-answer.spec.ts`],
  },
  {
    name: 'compare mtimes before ancestry',
    edits: [
      {
        file: `${CORE}/decide-commit.ts`,
        from: '    if (!replacesFolder) {\n',
        to: '    if (!replacesFolder && wins({ state: change.entry, order: orderOf(change.entry, null, this.#context.now) }, head)) {\n',
      },
    ],
    specs: [`${CORE}/decide-commit.table.spec.ts`, `${CORE}/decide-commit.property.spec.ts`],
    tests: 'R01',
  },
  {
    name: 'take a missing root for deletions',
    edits: [
      {
        file: `${CLIENT}/disk/disk-core.ts`,
        from: '    return this.#root.use((folders) => {\n      const answers: (Listing | Unchanged | DiskProblem)[] = [];',
        to: '    try {\n      this.#root.use(() => undefined);\n    } catch {\n      return wanted.map(() => ({ entries: [], refused: [], unseen: [] }));\n    }\n    return this.#root.use((folders) => {\n      const answers: (Listing | Unchanged | DiskProblem)[] = [];',
      },
    ],
    specs: [`${CLIENT}/disk/local-disk.spec.ts`],
    tests: 'R20',
  },
  {
    name: 'skip the hash check on download',
    edits: [
      {
        file: `${CLIENT}/server/download-many.ts`,
        from: "if (bytes !== null && digest('sha256', bytes) === hash)",
        to: 'if (bytes !== null)',
      },
      {
        file: `${CLIENT}/transfer/download-large.ts`,
        from: "if (digest.digest('hex') !== hash) throw",
        to: "if (digest.digest('hex') === '') throw",
      },
    ],
    specs: [`${CLIENT}/server/http-sync-server.spec.ts`],
    tests: 'R32',
  },
  {
    name: 'write in place instead of aside',
    edits: [
      {
        file: `${CLIENT}/disk/apply/put.ts`,
        from: 'import { type BigIntStats, linkSync, renameSync }',
        to: 'import { type BigIntStats, copyFileSync, linkSync, renameSync }',
      },
      {
        file: `${CLIENT}/disk/apply/put.ts`,
        from: '  const name = (): void => {\n    renameSync(staged.path, place.at);\n    work.staging.renamed(staged);',
        to: '  const name = (): void => {\n    copyFileSync(staged.path, place.at);',
      },
    ],
    specs: [`${CLIENT}/disk/local-disk.spec.ts`],
    tests: 'R27',
  },
  {
    name: 'skip the look before a rename',
    edits: [{ file: `${CLIENT}/disk/apply/workplace.ts`, from: '    if (!isExpected(expected, current)) return null;\n', to: '' }],
    specs: [`${CLIENT}/disk/local-disk.spec.ts`],
    tests: 'R25',
  },
  {
    name: 'no check of the base at the commit',
    edits: [{ file: `${CORE}/decide-commit.ts`, from: 'if (change.base === head.version) return this.#accept', to: 'return this.#accept' }],
    specs: [`${CORE}/decide-commit.table.spec.ts`],
    tests: 'R02',
  },
  {
    name: 'check the base when the request begins only',
    edits: [
      { file: `${METADATA}/store/directory-repository.ts`, from: 'WHERE key = $1 FOR UPDATE', to: 'WHERE key = $1' },
      { file: `${METADATA}/store/directory-repository.ts`, from: ' FOR UPDATE SKIP LOCKED', to: '' },
    ],
    specs: [`${METADATA}/events/replicas.spec.ts`],
    tests: 'R16',
  },
  {
    name: 'a tombstone without ancestry',
    edits: [{ file: `${CORE}/decide-commit.ts`, from: 'if (!unchanged || (', to: 'if ((' }],
    specs: [`${CORE}/decide-commit.table.spec.ts`],
    tests: 'R05',
  },
  {
    name: 'a retry that is not idempotent',
    edits: [
      {
        file: `${METADATA}/sync/directory-state.ts`,
        from: 'answered: (changeId) => this.#answered.get(`${device} ${changeId}`) ?? null',
        to: 'answered: () => null',
      },
    ],
    specs: [`${METADATA}/sync/replay.spec.ts`],
    tests: 'R11',
  },
  {
    name: 'a lost push without a look at the heads',
    edits: [
      {
        file: `${METADATA}/events/event-hub.ts`,
        from: 'void this.check().then',
        to: 'void Promise.resolve().then',
      },
    ],
    specs: [`${METADATA}/events/replicas.spec.ts`],
    tests: 'R17',
  },
  {
    name: 'names read as UTF-8',
    edits: [
      {
        file: `${CLIENT}/disk/list-folder.ts`,
        from: '  if (!names.some((name) => name.includes(REPLACEMENT))) return names;\n',
        to: '  if (names.length >= 0) return names;\n',
      },
    ],
    specs: [`${CLIENT}/disk/local-disk.spec.ts`],
    tests: 'R31',
  },
  {
    name: 'follow a link on the way of a write',
    edits: [{ file: `${CLIENT}/disk/platform/linux.ts`, from: 'FOLDER | constants.O_NOFOLLOW', to: 'FOLDER' }],
    specs: [`${CLIENT}/disk/local-disk.spec.ts`],
    tests: 'R29',
  },
  {
    name: 'a prefix without a separator',
    edits: [
      {
        file: 'libs/contracts/src/relative-path.ts',
        from: 'path.length > folder.length && path.startsWith(folder) && path.charCodeAt(folder.length) === 0x2f',
        to: 'path.length > folder.length && path.startsWith(folder)',
      },
    ],
    specs: [`${CORE}/decide-move.table.spec.ts`],
  },
  {
    name: 'a collection that ignores open uploads',
    edits: [
      {
        file: `${METADATA}/store/collect-repository.ts`,
        from: ' AND b.pinned_until < now()\n',
        to: '\n',
      },
      {
        file: `${METADATA}/store/collect-repository.ts`,
        from: "interval '1 millisecond' AND pinned_until < now()",
        to: "interval '1 millisecond'",
      },
    ],
    specs: ['services/standalone/src/collect-open-upload.spec.ts'],
  },
  {
    name: 'a cursor that jumps over commits',
    edits: [
      {
        file: `${CLIENT}/daemon/log-follower.ts`,
        from: 'event.previous === engine.state.cursor && ',
        to: 'event.seq > engine.state.cursor && ',
      },
    ],
    specs: ['libs/testing/src/simulator/seeds-first.spec.ts'],
  },
  {
    name: 'ignore rules for uploads only',
    edits: [
      { file: `${CLIENT}/negotiate/replay-log.ts`, from: '  if (isIgnored(engine, head, base)) return;\n', to: '' },
      {
        file: `${CLIENT}/apply/seen-here.ts`,
        from: 'if (!ignore.ignores(path, state.kind)) return head;',
        to: 'if (path !== ignore.fingerprint) return head;',
      },
    ],
    specs: ['e2e/deletions.spec.ts'],
    tests: 'R22',
    build: true,
  },
  {
    name: 'conflict copies that conflict',
    edits: [
      {
        file: `${CORE}/decide-commit.ts`,
        from: 'if (!isLive(this.overlay.head(copy))) this.#write(copy, state, { from: null, changeId: null });',
        to: "const at = this.#write(copy, state, { from: null, changeId: null });\n    this.#conflict(copy, 'content', null, at, loser, at);",
      },
    ],
    specs: [`${CORE}/decide-commit.table.spec.ts`],
    tests: 'R10',
  },
  {
    // There are no tokens of users yet; what is checked on each request is the grant.
    name: 'a grant checked when the connection is made only',
    edits: [
      {
        file: `${BLOB}/http/blobs.controller.ts`,
        from: "'if-none-match': ifNoneMatch, [GRANT_HEADER]: grant } = request.headers;\n    const granted = await this.#grants.verify(tokensOf(grant), 'read');",
        to: "'if-none-match': ifNoneMatch, [GRANT_HEADER]: grant } = request.headers;\n    const line = request.socket as { granted?: ReturnType<GrantVerifier['verify']> };\n    const granted = await (line.granted ??= this.#grants.verify(tokensOf(grant), 'read'));",
      },
    ],
    specs: [`${BLOB}/http/grant-per-request.http.spec.ts`],
  },
];
