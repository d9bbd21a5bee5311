/**
 * What one server carries: durable small commits a second, connected clients, one commit told to all of them, and all of them coming back
 * at once after a restart. The server is `syncpair server` with its own PostgreSQL and everything flushed; this process makes the load, and
 * its processor time is told apart.
 *
 * Usage: npm run bench:load -- [--clients 1000] [--seconds 10] [--connections 64] [--json]
 */
import { parseArgs } from 'node:util';
import { Caller, CommittingDevice } from './load/calls.ts';
import { MeasuredServer } from './load/server.ts';
import { Subscribers } from './load/subscribers.ts';
import { type Usage, usageOf } from './load/usage.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '64' },
    json: { type: 'boolean', default: false },
  },
});
const clients = Number(values.clients);
const seconds = Number(values.seconds);
const connections = Number(values.connections);
/** Commits of which each is told to every connected client. */
const FAN_OUTS = 20;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
const quantile = (sorted: readonly number[], part: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);

/** Commits one after another on every connection for a while, spread over some directories. */
async function commitsPerSecond(server: MeasuredServer, directories: number): Promise<Record<string, number>> {
  const caller = new Caller(server.port, connections);
  const devices = Array.from({ length: connections }, (_, n) => new CommittingDevice(caller, `hot${directories}-${n % directories}`));
  await Promise.all(devices.map((device) => device.join()));
  const before = usageOf(server.pid);
  const own = process.cpuUsage();
  const begun = performance.now();
  const times: number[] = [];
  await Promise.all(
    devices.map(async (device) => {
      while (performance.now() - begun < seconds * 1000) {
        const sent = performance.now();
        await device.commit();
        times.push(performance.now() - sent);
      }
    }),
  );
  const elapsed = (performance.now() - begun) / 1000;
  const after = usageOf(server.pid);
  const { user, system } = process.cpuUsage(own);
  caller.close();
  times.sort((a, b) => a - b);
  return {
    directories,
    connections,
    commits_per_s: Math.round(times.length / elapsed),
    p50_ms: quantile(times, 0.5),
    p95_ms: quantile(times, 0.95),
    server_cpu_s_per_s: Math.round(((after.cpuSeconds - before.cpuSeconds) / elapsed) * 100) / 100,
    generator_cpu_s_per_s: Math.round(((user + system) / 1e6 / elapsed) * 100) / 100,
  };
}

/** Milliseconds until each connected client has heard of one commit, over many commits. */
async function fanOut(subscribers: Subscribers, device: CommittingDevice): Promise<Record<string, number>> {
  const times: number[] = [];
  for (let seq = 0; seq < FAN_OUTS; seq++) {
    const heard = subscribers.heard(seq);
    await device.commit();
    times.push(...(await heard));
  }
  times.sort((a, b) => a - b);
  return { subscribers: subscribers.open, commits: FAN_OUTS, p50_ms: quantile(times, 0.5), p95_ms: quantile(times, 0.95) };
}

const server = await MeasuredServer.start();
try {
  const atRest: Usage = usageOf(server.pid);
  say(`server at rest: ${megabytes(atRest.bytes)} MB in ${atRest.processes} processes`);
  const commits = [];
  for (const directories of [1, 64]) {
    commits.push(await commitsPerSecond(server, directories));
    say(`commits: ${JSON.stringify(commits.at(-1))}`);
  }
  const subscribers = new Subscribers();
  const caller = new Caller(server.port, 1);
  const device = new CommittingDevice(caller, 'told');
  await device.join();
  const connecting = performance.now();
  await subscribers.connect(server.port, 'told', clients);
  const connected = usageOf(server.pid);
  const holding = { clients, connect_ms: Math.round(performance.now() - connecting), server_mb: megabytes(connected.bytes) };
  say(`connected: ${JSON.stringify(holding)}`);
  const told = await fanOut(subscribers, device);
  say(`one commit to all: ${JSON.stringify(told)}`);
  subscribers.close();
  caller.close();
  await server.stop();
  const restarting = performance.now();
  await server.start();
  const up = performance.now();
  await subscribers.connect(server.port, 'told', clients);
  const back = { start_ms: Math.round(up - restarting), all_back_ms: Math.round(performance.now() - up) };
  say(`all at once after a restart: ${JSON.stringify(back)}`);
  subscribers.close();
  if (values.json)
    process.stdout.write(`${JSON.stringify({ at_rest_mb: megabytes(atRest.bytes), commits, holding, told, back }, null, 1)}\n`);
} finally {
  await server.remove();
}
