import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from '../processes/installed.js';
import { freePorts } from '../processes/ports.js';
import { startProcess } from '../processes/process.js';
import { startCrew } from './crew.js';
import type { Durability, Rival, Topology } from './rival.js';
import { rsyncAddress, startRsyncDaemon } from './rsync-daemon.js';

/** lsyncd → rsync daemon, one way. `delaySeconds` null leaves its documented default (15 s). */
export function createLsyncd(delaySeconds: number | null, durability: Durability): Rival {
  const setting = delaySeconds === null ? 'default, delay 15 s' : `delay ${delaySeconds}`;
  return {
    id: `lsyncd-${delaySeconds === null ? 'default' : 'fast'}-${durability}`,
    name: 'lsyncd + rsync daemon',
    setting,
    durability,
    twoWay: false,
    linkable: true,
    missing: () => (isInstalled('lsyncd') && isInstalled('rsync') ? null : 'apt-get install lsyncd rsync'),
    start: async (topology) => {
      const ports = await freePorts(topology.roots.length);
      const addresses = await Promise.all(ports.slice(1).map((port) => rsyncAddress(topology, port)));
      const config = join(topology.directory, 'lsyncd.lua');
      writeFileSync(config, luaConfig(topology, addresses, delaySeconds, durability));
      return startCrew(topology.roots.length, (node) =>
        node > 0
          ? [startRsyncDaemon(topology, node, ports[node] ?? 0)]
          : [
              startProcess({
                network: topology.network,
                command: 'lsyncd',
                args: ['-nodaemon', config],
                log: join(topology.directory, 'lsyncd.log'),
              }),
            ],
      );
    },
  };
}

/** `insist`: go on when a daemon is not up yet, as lsyncd does at system start. */
function luaConfig(
  topology: Topology,
  addresses: readonly string[],
  delaySeconds: number | null,
  durability: Durability,
): string {
  const delay = delaySeconds === null ? '' : `  delay = ${delaySeconds},\n`;
  const flags = [
    ...(topology.thinLink ? ['compress = true'] : []),
    ...(durability === 'fsync' ? ['_extra = { "--fsync" }'] : []),
  ];
  const extra = flags.length > 0 ? `  rsync = { ${flags.join(', ')} },\n` : '';
  const syncs = addresses.map(
    (address) =>
      `sync {\n  default.rsync,\n  source = "${topology.roots[0] ?? ''}",\n  target = "${address}",\n${delay}${extra}}\n`,
  );
  return `settings { nodaemon = true, insist = true }\n${syncs.join('')}`;
}
