import type { Workload } from '../plan/stage.js';
import { arrival, burstPaths } from './burst.js';
import { fill } from './content.js';
import { latencyFigures, measureWrites } from './single-changes.js';

const files = 1000;
const folders = 50;
const changes = 30;

/**
 * Servers far apart: 50 ms each way and, where the kernel has netem, 1 % of packets lost. Without netem a forwarder makes the delay
 * and nothing is lost; results say which it was.
 */
export function slowLink(): Workload {
  return {
    id: 'slow-link',
    title: '50 ms each way and 1 % loss: one change, then 1,000 files',
    peers: 1,
    link: { delayMs: 50, lossPercent: 1 },
    suits: (rival) => rival.linkable,
    seed: ({ scratch }) => {
      fill(scratch, burstPaths(files, folders), 4096);
    },
    run: async (stage) => {
      await stage.start();
      const latencies = latencyFigures(await measureWrites(stage, changes));
      const { value, unit } = await arrival(stage, burstPaths(files, folders));
      return [...latencies, { name: '1,000 files', value, unit }];
    },
  };
}
