import { formatCount, type Scale } from '../plan/scale.js';
import type { Workload } from '../plan/stage.js';
import { arrival, burstPaths } from './burst.js';
import { fill } from './content.js';

/** What the app around the tool feels while many files leave one server and arrive at another. */
export function eventLoop(scale: Scale): Workload {
  return {
    id: 'event-loop',
    title: `the app's event loop while ${formatCount(scale.burstFiles)} files leave and arrive`,
    peers: 1,
    suits: (rival) => rival.id.startsWith('lockstep'),
    seed: ({ scratch }) => {
      fill(scratch, burstPaths(scale.burstFiles, scale.burstFolders), 4096);
    },
    run: async (stage) => {
      await stage.start();
      const ask = (node: number, action: 'reset' | 'read') => stage.running().loopDelay?.(node, action);
      await Promise.all([ask(0, 'reset'), ask(1, 'reset')]);
      await arrival(stage, burstPaths(scale.burstFiles, scale.burstFolders));
      const [leaving, arriving] = await Promise.all([ask(0, 'read'), ask(1, 'read')]);
      const worst = Math.max(leaving?.p99 ?? Number.NaN, arriving?.p99 ?? Number.NaN);
      return [
        { name: 'p99 delay', value: worst, unit: 'ms' },
        { name: 'leaving p99', value: leaving?.p99 ?? Number.NaN, unit: 'ms' },
        { name: 'leaving max', value: leaving?.max ?? Number.NaN, unit: 'ms' },
        { name: 'arriving p99', value: arriving?.p99 ?? Number.NaN, unit: 'ms' },
        { name: 'arriving max', value: arriving?.max ?? Number.NaN, unit: 'ms' },
      ];
    },
  };
}
