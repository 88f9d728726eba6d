import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from '../processes/installed.js';
import { freePorts } from '../processes/ports.js';
import { startProcess } from '../processes/process.js';
import { startCrew } from './crew.js';
import type { Rival, Topology } from './rival.js';

/** csync2 in stand-alone mode and `csync2 -x` in a loop without rest, unencrypted, its database not synchronous. It cannot fsync. */
export function createCsync2(): Rival {
  return {
    id: 'csync2-os',
    name: 'csync2',
    setting: '-A -x in a loop',
    durability: 'os',
    twoWay: true,
    linkable: false,
    missing: () => (isInstalled('csync2') ? null : 'apt-get install csync2'),
    start: async (topology) => {
      const [port = 0] = await freePorts(1);
      writeConfiguration(topology);
      return startCrew(topology.roots.length, (node) => {
        const part = (name: string, command: string, args: readonly string[]) =>
          startProcess({
            network: topology.network,
            command,
            args,
            env: { CSYNC2_SYSTEM_DIR: topology.directory },
            log: join(topology.directory, `csync2-${node}-${name}.log`),
          });
        const own = ['-A', '-N', host(node), '-D', databaseOf(topology, node), '-p', String(port)];
        const server = part('server', 'csync2', [...own, '-ii']);
        const loop = 'while :; do csync2 "$@" -x; sleep 0.01; done';
        const writes = node === 0 || topology.twoWay;
        return writes ? [server, part('loop', 'sh', ['-c', loop, 'loop', ...own])] : [server];
      });
    },
  };
}

/** csync2 knows a server by the address that it binds; the port is the same everywhere, so each has its own loopback address. */
function host(node: number): string {
  return `127.0.0.${node + 10}`;
}

function databaseOf(topology: Topology, node: number): string {
  const directory = join(topology.directory, `csync2-${node}`);
  mkdirSync(directory, { recursive: true });
  return directory;
}

function writeConfiguration(topology: Topology): void {
  const key = join(topology.directory, 'csync2.key');
  writeFileSync(key, randomBytes(48).toString('hex'), { mode: 0o600 });
  const places = topology.roots.map((root, node) => `  on ${host(node)}: ${root};`).join('\n');
  const hosts = topology.roots.map((_, node) => host(node)).join(' ');
  writeFileSync(
    join(topology.directory, 'csync2.cfg'),
    `nossl * *;\ngroup tree {\n  host ${hosts};\n  key ${key};\n  include %tree%;\n  auto younger;\n}\n` +
      `prefix tree {\n${places}\n}\n`,
  );
}
