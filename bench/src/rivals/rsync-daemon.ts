import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess, type Process } from '../processes/process.js';
import type { Topology } from './rival.js';

/** Starts an rsync daemon that takes uploads into one server's folder, as module `tree`. */
export function startRsyncDaemon(topology: Topology, node: number, port: number): Process {
  const config = join(topology.directory, `rsyncd-${node}.conf`);
  const owner = process.getuid?.() === 0 ? 'uid = root\ngid = root\n' : '';
  writeFileSync(
    config,
    `pid file = ${join(topology.directory, `rsyncd-${node}-${Date.now()}.pid`)}\n` +
      `use chroot = no\nreverse lookup = no\n${owner}` +
      `[tree]\npath = ${topology.roots[node] ?? ''}\nread only = no\n`,
  );
  return startProcess({
    network: topology.network,
    command: 'rsync',
    args: ['--daemon', '--no-detach', `--config=${config}`, '--address=127.0.0.1', `--port=${port}`],
    log: join(topology.directory, `rsyncd-${node}.log`),
  });
}

/** The address of a daemon's module, through the link of the network. */
export async function rsyncAddress(topology: Topology, port: number): Promise<string> {
  return `rsync://127.0.0.1:${await topology.network.link(port)}/tree/`;
}
