import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from '../processes/installed.js';
import { freePorts } from '../processes/ports.js';
import { startProcess } from '../processes/process.js';
import { startCrew } from './crew.js';
import type { Durability, Rival, Topology } from './rival.js';
import { syncthingConfig, type Device } from './syncthing-config.js';

/** Syncthing, both ways, without discovery and relays. `watchDelaySeconds` null leaves its default (10 s). */
export function createSyncthing(watchDelaySeconds: number | null, durability: Durability): Rival {
  return {
    id: `syncthing-${watchDelaySeconds === null ? 'default' : 'fast'}-${durability}`,
    name: 'Syncthing',
    setting: watchDelaySeconds === null ? 'default, delay 10 s' : `delay ${watchDelaySeconds} s`,
    durability,
    twoWay: true,
    linkable: true,
    missing: () => (isInstalled('syncthing') ? null : 'apt-get install syncthing'),
    start: async (topology) => {
      const devices = await createDevices(topology);
      for (const [node, device] of devices.entries())
        writeFileSync(
          join(device.home, 'config.xml'),
          syncthingConfig({
            own: device,
            others: devices.filter((_, other) => other !== node),
            root: topology.roots[node] ?? '',
            watchDelaySeconds: watchDelaySeconds ?? 10,
            fsync: durability === 'fsync',
            compressed: topology.thinLink,
          }),
        );
      return startCrew(topology.roots.length, (node) => {
        const home = devices[node]?.home ?? '';
        return [
          startProcess({
            network: topology.network,
            command: 'syncthing',
            args: ['serve', `--home=${home}`, '--no-browser', '--no-restart', '--no-upgrade'],
            log: join(topology.directory, `syncthing-${node}.log`),
          }),
        ];
      });
    },
  };
}

/** Keys, names and addresses of all servers. */
async function createDevices(topology: Topology): Promise<Device[]> {
  const ports = await freePorts(topology.roots.length);
  const devices: Device[] = [];
  for (const [node, port] of ports.entries()) {
    const home = join(topology.directory, `syncthing-${node}`);
    mkdirSync(home, { recursive: true });
    mkdirSync(join(topology.roots[node] ?? '', '.stfolder'), { recursive: true });
    run('generate', `--home=${home}`, '--no-default-folder', '--skip-port-probing');
    const id = run('--device-id', `--home=${home}`).trim();
    devices.push({ id, home, port, linkPort: await topology.network.link(port) });
  }
  return devices;
}

function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('syncthing', args, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`syncthing ${args.join(' ')} failed: ${stderr.trim().slice(-300)}`);
}
