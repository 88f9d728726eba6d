import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../processes/ports.js';
import { startProcess } from '../processes/process.js';
import { startCrew } from './crew.js';
import type { Rival } from './rival.js';

const program = fileURLToPath(new URL('raw-copy-process.js', import.meta.url));

/**
 * The floor: a socket between two processes that copies what it is told to, without watching, checking, staging or flushing. Nothing
 * that synchronises can be faster; it does not notice changes by itself.
 */
export function createRawCopy(): Rival {
  return {
    id: 'raw-copy',
    name: 'raw socket copy',
    setting: 'told what changed',
    durability: 'os',
    twoWay: false,
    linkable: true,
    yardstick: true,
    missing: () => null,
    start: async (topology) => {
      const ports = await freePorts(topology.roots.length);
      const links = await Promise.all(ports.map((port) => topology.network.link(port)));
      const part = (node: number, args: readonly string[]) =>
        startProcess({
          network: topology.network,
          command: process.execPath,
          args: [program, topology.roots[node] ?? '', ...args],
          log: join(topology.directory, `raw-copy-${node}.log`),
          channel: true,
        });
      let source = part(0, ['send', ...links.slice(1).map(String)]);
      const crew = await startCrew(topology.roots.length, (node) => {
        if (node > 0) return [part(node, ['receive', String(ports[node] ?? 0)])];
        if (source.failure() !== null) source = part(0, ['send', ...links.slice(1).map(String)]);
        return [source];
      });
      return { ...crew, changed: (paths) => source.child.send(paths) };
    },
  };
}
