import type { Scale } from '../plan/scale.js';
import type { Workload } from '../plan/stage.js';
import { arrival, burstPaths } from './burst.js';
import { fill } from './content.js';
import { latencyFigures, measureWrites } from './single-changes.js';

const files = 1000;
const folders = 50;
const changes = 30;

/** One writer, several peers: single changes and a burst until the last peer has them. */
export function fanOut(scale: Scale): readonly Workload[] {
  return scale.fanOuts.map((peers) => ({
    id: `fan-out-${peers}`,
    title: `fan-out to ${peers} peers: one change, then 1,000 files`,
    peers,
    suits: (rival) => rival.id !== 'bare-app',
    seed: ({ scratch }) => {
      fill(scratch, burstPaths(files, folders), 4096);
    },
    run: async (stage) => {
      await stage.start();
      const latencies = latencyFigures(await measureWrites(stage, changes));
      const { value, unit } = await arrival(stage, burstPaths(files, folders));
      return [...latencies, { name: '1,000 files', value, unit }];
    },
  }));
}
