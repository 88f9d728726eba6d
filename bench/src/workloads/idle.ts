import { processTree, residentMiB } from '../measure/proc.js';
import { pause } from '../measure/visible.js';
import { formatCount, type Scale } from '../plan/scale.js';
import type { Workload } from '../plan/stage.js';
import { fillAlike, spreadPaths } from './content.js';

/** Nothing happens: what the tool costs all day long. Both servers together. */
export function idle(scale: Scale): readonly Workload[] {
  return scale.trees.map((count) => ({
    id: `idle-${count}`,
    title: `idle with ${formatCount(count)} files`,
    peers: 1,
    suits: (rival) => rival.id !== 'raw-copy',
    seed: ({ roots }) => fillAlike(roots, spreadPaths('tree', count, count / 20), 1024),
    run: async (stage) => {
      await stage.start();
      await pause(stage.scale.idleMs / 3);
      await stage.timed(() => pause(stage.scale.idleMs));
      const percent = (100 * stage.usage().cpuSeconds) / (stage.scale.idleMs / 1000);
      const tree = processTree(stage.running().pids());
      const resident = tree.map(residentMiB).reduce((a, b) => a + b, 0);
      return [
        { name: 'CPU of a core', value: percent, unit: '%' },
        { name: 'RSS', value: resident, unit: 'MiB' },
      ];
    },
  }));
}
