import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryJson, Head } from '@syncpair/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttp } from '../../server/http.ts';
import { DirectoryQueries } from '../../server/queries.ts';
import { type ExportReport, exportTree } from './export-tree.ts';
import { writeVersion } from './write-version.ts';

const MTIME = 1_600_000_000_123_456_000n;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let folder: string;
let server: Server;
let queries: DirectoryQueries;
/** What the server has, by path; `damage` says how often the next answers are wrong. */
let contents: Map<string, string>;
let lines: string[];
let damage: number;
let asked: string[];

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', 'http://x');
  asked.push(request.url ?? '');
  if (url.pathname === '/api/v1/tree') {
    response.setHeader('content-type', 'application/x-ndjson').end(lines.map((line) => `${line}\n`).join(''));
    return;
  }
  const content = contents.get(decodeURIComponent(url.pathname.slice('/download/'.length)));
  if (content === undefined) {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { code: 'not_found', message: 'there is no such version' } }));
    return;
  }
  response.setHeader('content-type', 'application/octet-stream').end(damage-- > 0 ? content.toUpperCase() : content);
}

function has(path: string, entry: 'dir' | { content: string; executable?: boolean } | { target: string }): void {
  let state: EntryJson;
  if (entry === 'dir') state = { kind: 'dir' };
  else if ('target' in entry) state = { kind: 'link', target: entry.target, mtime: String(MTIME) };
  else {
    contents.set(path, entry.content);
    const { content, executable = false } = entry;
    state = { kind: 'file', hash: sha256(content), size: content.length, mtime: String(MTIME), executable };
  }
  lines.splice(-1, 0, JSON.stringify({ path, version: '1.0', state }));
  lines[lines.length - 1] = JSON.stringify({ end: true, heads: lines.length - 2 });
}

async function exported(dest: string): Promise<ExportReport> {
  const heads: Head[] = [];
  const { epoch, seq, heads: listed } = await queries.tree(null);
  for await (const head of listed) heads.push(head);
  return exportTree(queries, { heads, dest, mark: { directory: 'team & co', epoch, seq } }, () => undefined);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'syncpair-export-'));
  contents = new Map();
  lines = [JSON.stringify({ epoch: 'e', seq: '1' }), JSON.stringify({ end: true, heads: 0 })];
  damage = 0;
  asked = [];
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  queries = new DirectoryQueries(http, { client_id: 'alice', name: 'team & co', shared: true });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

describe('an export', () => {
  test('is the directory: folders, contents, times, executable bits, links as links', async () => {
    has('docs', 'dir');
    has('docs/empty', 'dir');
    has('docs/a #1?.txt', { content: 'hello' });
    has('run.sh', { content: '#!/bin/sh', executable: true });
    has('to-a', { target: 'docs/a #1?.txt' });
    const dest = join(folder, 'new', 'copy');
    expect(await exported(dest)).toEqual({ folders: 2, files: 2, links: 1, bytes: 14, verified: 0, problems: [] });
    expect(readdirSync(dest).sort()).toEqual(['docs', 'run.sh', 'to-a']);
    expect(readFileSync(join(dest, 'docs', 'a #1?.txt'), 'utf8')).toBe('hello');
    expect(statSync(join(dest, 'docs', 'a #1?.txt')).mtimeMs).toBeCloseTo(Number(MTIME) / 1e6, 1);
    expect(readlinkSync(join(dest, 'to-a'))).toBe('docs/a #1?.txt');
    if (process.platform !== 'win32') {
      expect(statSync(join(dest, 'run.sh')).mode & 0o100).toBe(0o100);
      expect(statSync(join(dest, 'docs', 'a #1?.txt')).mode & 0o111).toBe(0);
    }
    const query = new URL(asked.at(-1) ?? '', 'http://x').searchParams;
    expect(Object.fromEntries(query)).toEqual({ client_id: 'alice', directory: 'team & co', shared: 'true', version: '1.0' });
  });

  test('makes a folder that the list does not name', async () => {
    has('deep/down/a.txt', { content: 'x' });
    await exported(join(folder, 'copy'));
    expect(readFileSync(join(folder, 'copy', 'deep', 'down', 'a.txt'), 'utf8')).toBe('x');
  });

  test('goes into a new or an empty folder only', async () => {
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    await expect(exported(folder)).rejects.toThrow('is not empty');
    await expect(exported(join(folder, 'mine.txt'))).rejects.toThrow('is not a folder');
    mkdirSync(join(folder, 'empty'));
    await exported(join(folder, 'empty'));
    expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('mine');
  });

  test('never writes through a link, whatever the list says', async () => {
    mkdirSync(join(folder, 'outside'));
    has('way', { target: join(folder, 'outside') });
    has('way/evil.txt', { content: 'evil' });
    const report = await exported(join(folder, 'copy'));
    expect(readdirSync(join(folder, 'outside'))).toEqual([]);
    expect(report.problems.map(({ path }) => path)).toEqual(['way']);
    expect(lstatSync(join(folder, 'copy', 'way')).isDirectory()).toBe(true);
  });

  test.each(['../evil', '/evil', 'a/../../evil', '.syncpair_state.db'])('refuses a list with %s', async (path) => {
    has(path, { content: 'evil' });
    await expect(exported(join(folder, 'copy'))).rejects.toThrow('not understood');
    expect(existsSync(join(folder, 'copy'))).toBe(false);
  });

  test('lists a path that fails and writes the others', async () => {
    has('a.txt', { content: 'a' });
    has('gone.txt', { content: 'b' });
    contents.delete('gone.txt');
    const report = await exported(join(folder, 'copy'));
    expect(report).toMatchObject({ files: 1, problems: [{ path: 'gone.txt', code: 'not_found', message: 'there is no such version' }] });
    expect(readdirSync(join(folder, 'copy'))).toEqual(['.syncpair-export.json', 'a.txt']);
  });

  test('goes on where it was interrupted: verifies what is there, fetches what is missing or wrong, and ends as if it had run once', async () => {
    for (const name of ['a', 'b', 'c', 'd']) has(`docs/${name}.txt`, { content: `text ${name}`, executable: name === 'a' });
    has('to-a', { target: 'docs/a.txt' });
    const dest = join(folder, 'copy');
    contents.delete('docs/d.txt');
    expect((await exported(dest)).problems).toHaveLength(1);
    writeFileSync(join(dest, 'docs', 'b.txt'), 'text x');
    rmSync(join(dest, 'docs', 'c.txt'));
    mkdirSync(join(dest, '.syncpair-export-of-a-killed-run'));
    contents.set('docs/d.txt', 'text d');
    asked = [];
    expect(await exported(dest)).toEqual({ folders: 0, files: 4, links: 1, bytes: 24, verified: 1, problems: [] });
    const fetched = asked.flatMap((url) => /docs\/(.)\.txt/.exec(url)?.[1] ?? []);
    expect(fetched.sort()).toEqual(['b', 'c', 'd']);
    expect(readdirSync(dest).sort()).toEqual(['docs', 'to-a']);
    for (const name of ['a', 'b', 'c', 'd']) expect(readFileSync(join(dest, 'docs', `${name}.txt`), 'utf8')).toBe(`text ${name}`);
    await expect(exported(dest)).rejects.toThrow('no export was interrupted there');
  });

  test('does not go on with an export of another directory or moment', async () => {
    has('gone.txt', { content: 'a' });
    contents.delete('gone.txt');
    const dest = join(folder, 'copy');
    await exported(dest);
    const mark = { directory: 'team & co', epoch: 'e', seq: 1 };
    const begin = (other: Partial<typeof mark>) => exportTree(queries, { heads: [], dest, mark: { ...mark, ...other } }, () => undefined);
    await expect(begin({ directory: 'alice:team' })).rejects.toThrow('another directory, "team & co"');
    await expect(begin({ seq: 2 })).rejects.toThrow('another moment (commit 1)');
    await expect(begin({ epoch: 'f' })).rejects.toThrow('another moment');
  });

  test('takes damaged content again, and never keeps it', async () => {
    has('a.txt', { content: 'good' });
    damage = 1;
    await exported(join(folder, 'copy'));
    expect(readFileSync(join(folder, 'copy', 'a.txt'), 'utf8')).toBe('good');
  });

  test('does not take a cut list for the whole', async () => {
    has('a.txt', { content: 'a' });
    lines.pop();
    await expect(exported(join(folder, 'copy'))).rejects.toThrow('cut');
    lines = [lines[0] as string, JSON.stringify({ end: true, heads: 3 })];
    await expect(exported(join(folder, 'copy'))).rejects.toThrow('0 of 3');
  });
});

describe('one version in a file', () => {
  const item = {
    path: 'a.txt',
    version: '1.0',
    kind: 'file' as const,
    hash: sha256('old'),
    size: 3,
    modified: '2020-09-13T12:26:40.123Z',
    executable: true,
    target: null,
    author: 'alice',
    at: '2020-09-13T12:26:40.123Z',
    head: false,
    deleted: false,
    conflict: null,
    parent: null,
    moved_from: null,
  };

  test('has its content, time and mode, and replaces nothing unless told', async () => {
    contents.set('a.txt', 'old');
    const output = join(folder, 'out.txt');
    await writeVersion(queries, item, output, false);
    expect(readFileSync(output, 'utf8')).toBe('old');
    expect(statSync(output).mtime.toISOString()).toBe(item.modified);
    writeFileSync(output, 'mine');
    await expect(writeVersion(queries, item, output, false)).rejects.toThrow('exists already');
    expect(readFileSync(output, 'utf8')).toBe('mine');
    await writeVersion(queries, item, output, true);
    expect(readFileSync(output, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['out.txt']);
  });

  test('leaves nothing behind when the content is not to be had', async () => {
    await expect(writeVersion(queries, item, join(folder, 'out.txt'), false)).rejects.toThrow('there is no such version');
    expect(readdirSync(folder)).toEqual([]);
  });
});
