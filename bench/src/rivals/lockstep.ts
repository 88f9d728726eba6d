import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../processes/ports.js';
import { startProcess, type Process } from '../processes/process.js';
import { startCrew } from './crew.js';
import type { Durability, LoopDelay, Rival, Running, Topology } from './rival.js';

const program = fileURLToPath(new URL('lockstep-process.js', import.meta.url));

/** Lockstep in an Express app, default settings, every server with the same list of peers. */
export function createLockstep(durability: Durability): Rival {
  return {
    id: `lockstep-${durability}`,
    name: 'Lockstep',
    setting: durability === 'fsync' ? 'default' : "durability 'os'",
    durability,
    twoWay: true,
    linkable: true,
    missing: () => null,
    start: (topology) => startServers(topology, { BENCH_DURABILITY: durability }),
  };
}

/** The same app without Lockstep: what the app takes by itself. */
export function createBareApp(): Rival {
  return {
    id: 'bare-app',
    name: 'bare Express app',
    setting: 'no sync',
    durability: 'os',
    twoWay: false,
    linkable: false,
    yardstick: true,
    missing: () => null,
    start: (topology) => startServers(topology, { BENCH_BARE: '1' }),
  };
}

async function startServers(topology: Topology, env: Readonly<Record<string, string>>): Promise<Running> {
  const ports = await freePorts(topology.roots.length);
  const links = await Promise.all(ports.map((port) => topology.network.link(port)));
  const secret = randomBytes(32).toString('base64url');
  const servers = new Map<number, Process>();
  const crew = await startCrew(topology.roots.length, (node) => {
    const server = startServer(topology, node, {
      ...env,
      PORT: String(ports[node] ?? 0),
      LOCKSTEP_NAME: nameOf(node),
      LOCKSTEP_ROOT: dirname(topology.roots[node] ?? ''),
      LOCKSTEP_SECRET: secret,
      LOCKSTEP_PEERS: links
        .map((link, peer) => `${nameOf(peer)}=http://127.0.0.1:${link}/sync`)
        .filter((_, peer) => peer !== node)
        .join(','),
    });
    servers.set(node, server);
    return [server];
  });
  return { ...crew, loopDelay: (node, action) => askLoopDelay(servers.get(node), action) };
}

function nameOf(node: number): string {
  return `web-${node + 1}`;
}

/** BENCH_PROFILE names a folder for CPU profiles of every server. */
function startServer(topology: Topology, node: number, env: Readonly<Record<string, string>>): Process {
  const profiles = process.env['BENCH_PROFILE'];
  const profiling =
    profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profiles, nameOf(node))}`];
  return startProcess({
    network: topology.network,
    command: process.execPath,
    args: [...profiling, program],
    env,
    log: join(topology.directory, `lockstep-${node}.log`),
    channel: true,
  });
}

function askLoopDelay(server: Process | undefined, action: 'reset' | 'read'): Promise<LoopDelay> {
  if (server === undefined) throw new Error('Asking for the event loop delay of a server that does not run.');
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('The server did not tell its loop delay in 30 s.')),
      30_000,
    );
    server.child.once('message', (delay) => {
      clearTimeout(timer);
      resolve(delay as LoopDelay);
    });
    server.child.send(action);
  });
}
