import { join } from 'node:path';
import { hasSize } from '../measure/expectation.js';
import { formatCount, type Scale } from '../plan/scale.js';
import type { Figure, Stage, Workload } from '../plan/stage.js';
import { copyTree, fill, spreadPaths } from './content.js';

const size = 4096;

/** Many small files copied in at once: time from the start of the copy until the last one is there. */
export function burst(scale: Scale): Workload {
  return {
    id: 'burst',
    title: `copy in ${formatCount(scale.burstFiles)} files of 4 KiB in ${scale.burstFolders} folders`,
    peers: 1,
    suits: (rival) => rival.id !== 'bare-app',
    seed: ({ scratch }) => {
      fill(scratch, burstPaths(scale.burstFiles, scale.burstFolders), size);
    },
    run: async (stage) => {
      await stage.start();
      return [await arrival(stage, burstPaths(scale.burstFiles, scale.burstFolders))];
    },
  };
}

/** Paths of a burst, below `burst/`. */
export function burstPaths(files: number, folders: number): string[] {
  return spreadPaths('burst', files, folders);
}

/** Copies `burst/` from the scratch directory into the source and waits until every peer has all of it. */
export async function arrival(stage: Stage, paths: readonly string[], bytes = size): Promise<Figure> {
  const [source = '', ...targets] = stage.roots;
  const expectations = targets.flatMap((target) => paths.map((path) => hasSize(join(target, path), bytes)));
  return stage.timed(async () => {
    const before = performance.now();
    const copied = copyTree(join(stage.scratch, 'burst'), source);
    // A tool that is told what changed is told when the copy is complete.
    if (stage.running().changed !== undefined) await copied;
    stage.running().changed?.(paths);
    const seen = await stage.until(expectations);
    await copied;
    return { name: 'time', value: (seen - before) / 1000, unit: 's' };
  });
}
