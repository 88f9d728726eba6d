import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from '../processes/installed.js';
import { freePorts } from '../processes/ports.js';
import { startProcess } from '../processes/process.js';
import { startCrew } from './crew.js';
import type { Rival } from './rival.js';

/**
 * Unison over a socket, both ways, one client per peer at the first server. It watches where its watcher `unison-fsmonitor` is
 * installed (Debian's package has none) and otherwise looks every second. It cannot fsync.
 */
export function createUnison(): Rival {
  const repeat = isInstalled('unison-fsmonitor') ? 'watch' : '1';
  return {
    id: 'unison-os',
    name: 'Unison',
    setting: `-repeat ${repeat}`,
    durability: 'os',
    twoWay: true,
    linkable: true,
    missing: () => (isInstalled('unison') ? null : 'apt-get install unison'),
    start: async (topology) => {
      const ports = await freePorts(topology.roots.length);
      const links = await Promise.all(ports.map((port) => topology.network.link(port)));
      const unison = (state: string, args: readonly string[]) => {
        const directory = join(topology.directory, state);
        mkdirSync(directory, { recursive: true });
        return startProcess({
          network: topology.network,
          command: 'sh',
          // Unison ends when its server goes away; whoever relies on it starts it again.
          args: ['-c', 'while :; do unison "$@"; sleep 0.2; done', 'loop', ...args],
          env: { UNISON: directory },
          cwd: directory,
          log: join(topology.directory, `${state}.log`),
        });
      };
      const clientOf = (peer: number) => {
        const roots = [
          topology.roots[0] ?? '',
          `socket://127.0.0.1:${links[peer] ?? 0}/${topology.roots[peer] ?? ''}`,
        ];
        const quiet = ['-ui', 'text', '-batch', '-auto', '-confirmbigdel=false', '-log=false'];
        return unison(`unison-client-${peer}`, [...roots, ...quiet, '-times', '-repeat', repeat]);
      };
      return startCrew(topology.roots.length, (node) =>
        node > 0
          ? [unison(`unison-server-${node}`, ['-socket', String(ports[node] ?? 0)])]
          : topology.roots.slice(1).map((_, index) => clientOf(index + 1)),
      );
    },
  };
}
