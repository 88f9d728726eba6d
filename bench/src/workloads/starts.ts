import { join } from 'node:path';
import { hasBytes, hasSize } from '../measure/expectation.js';
import { pause } from '../measure/visible.js';
import { formatCount, type Scale } from '../plan/scale.js';
import type { Workload } from '../plan/stage.js';
import { fill, fillAlike, freshBytes, put, spreadPaths } from './content.js';

const size = 4096;

/** A full server and an empty one, both started for the first time. */
export function coldStart(scale: Scale): Workload {
  const paths = spreadPaths('tree', scale.coldFiles, scale.coldFiles / 20);
  return {
    id: 'cold-start',
    title: `cold start: ${formatCount(scale.coldFiles)} files into an empty peer`,
    peers: 1,
    suits: (rival) => rival.id !== 'bare-app',
    seed: ({ roots }) => {
      fill(roots[0] ?? '', paths, size);
    },
    run: (stage) => {
      const target = stage.roots[1] ?? '';
      const expectations = paths.map((path) => hasSize(join(target, path), size));
      return stage.timed(async () => {
        const before = performance.now();
        await stage.launch();
        stage.running().changed?.('everything');
        return [{ name: 'time', value: ((await stage.until(expectations)) - before) / 1000, unit: 's' }];
      });
    },
  };
}

/** The source restarts; a change made at that moment tells when it is at work again. */
export function restart(scale: Scale): readonly Workload[] {
  return scale.trees.map((count) => ({
    id: `restart-${count}`,
    title: `restart with ${formatCount(count)} files, until a change arrives`,
    peers: 1,
    suits: (rival) => rival.yardstick !== true,
    seed: ({ roots }) => fillAlike(roots, spreadPaths('tree', count, count / 20), 1024),
    run: async (stage) => {
      await stage.start();
      await pause(1000);
      await stage.running().stopNode(0);
      const bytes = freshBytes(size);
      const expectation = hasBytes(join(stage.roots[1] ?? '', 'after.html'), size, 0, bytes);
      return stage.timed(async () => {
        const before = performance.now();
        await stage.running().startNode(0);
        put(stage.roots[0] ?? '', 'after.html', bytes);
        return [{ name: 'time', value: ((await stage.until([expectation])) - before) / 1000, unit: 's' }];
      });
    },
  }));
}

/** A peer was away while things changed. */
export function catchUp(scale: Scale): Workload {
  const paths = spreadPaths('tree', scale.missedChanges, 20);
  return {
    id: 'catch-up',
    title: `${formatCount(scale.missedChanges)} changes while a peer is away, from its start until it has them`,
    peers: 1,
    suits: (rival) => rival.yardstick !== true,
    seed: ({ roots }) => fillAlike(roots, paths, size),
    run: async (stage) => {
      await stage.start();
      await stage.running().stopNode(1);
      const changed = paths.map((path) => {
        const bytes = freshBytes(size);
        put(stage.roots[0] ?? '', path, bytes);
        return hasBytes(join(stage.roots[1] ?? '', path), size, 0, bytes);
      });
      await pause(3000);
      return stage.timed(async () => {
        const before = performance.now();
        await stage.running().startNode(1);
        return [{ name: 'time', value: ((await stage.until(changed)) - before) / 1000, unit: 's' }];
      });
    },
  };
}
