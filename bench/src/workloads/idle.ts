import { cpuSecondsOf, processTree, residentMiB } from '../measure/proc.js';
import { pause } from '../measure/visible.js';
import { formatCount, type Scale } from '../plan/scale.js';
import type { Stage, Workload } from '../plan/stage.js';
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
      await untilCalm(stage);
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

/** What a tool still does after its start is no idling: waits until it takes less than 1 % of a core, at most a minute. */
async function untilCalm(stage: Stage): Promise<void> {
  const windowMs = 3000;
  const cpu = () =>
    processTree(stage.running().pids())
      .map(cpuSecondsOf)
      .reduce((a, b) => a + b, 0);
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += windowMs) {
    const before = cpu();
    await pause(windowMs);
    if (cpu() - before < windowMs / 1000 / 100) return;
  }
}
