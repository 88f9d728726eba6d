import { join } from 'node:path';
import { isInstalled } from '../processes/installed.js';
import { freePorts } from '../processes/ports.js';
import { startProcess } from '../processes/process.js';
import { startCrew } from './crew.js';
import type { Durability, Rival } from './rival.js';
import { rsyncAddress, startRsyncDaemon } from './rsync-daemon.js';

/** `rsync -a --delete` in a loop with half a second of rest, one way, one loop per peer. */
export function createRsyncLoop(durability: Durability): Rival {
  return {
    id: `rsync-loop-${durability}`,
    name: 'rsync loop',
    setting: 'every 0.5 s',
    durability,
    twoWay: false,
    linkable: true,
    missing: () => (isInstalled('rsync') ? null : 'apt-get install rsync'),
    start: async (topology) => {
      const ports = await freePorts(topology.roots.length);
      const addresses = await Promise.all(ports.slice(1).map((port) => rsyncAddress(topology, port)));
      const flags = [
        ...(durability === 'fsync' ? ['--fsync'] : []),
        ...(topology.thinLink ? ['-z'] : []),
      ].join(' ');
      return startCrew(topology.roots.length, (node) =>
        node > 0
          ? [startRsyncDaemon(topology, node, ports[node] ?? 0)]
          : addresses.map((address) =>
              startProcess({
                network: topology.network,
                command: 'sh',
                args: [
                  '-c',
                  `while :; do rsync -a --delete ${flags} "$1/" "$2"; sleep 0.5; done`,
                  'loop',
                  topology.roots[0] ?? '',
                  address,
                ],
                log: join(topology.directory, 'rsync-loop.log'),
              }),
            ),
      );
    },
  };
}
