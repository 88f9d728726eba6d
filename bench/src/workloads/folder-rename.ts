import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { hasSize, isGone } from '../measure/expectation.js';
import { formatCount, type Scale } from '../plan/scale.js';
import type { Workload } from '../plan/stage.js';
import { fill } from './content.js';

const size = 64 * 1024;

/** A folder of many files gets another name. */
export function folderRename(scale: Scale): Workload {
  const names = (folder: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${folder}/picture-${n}.jpg`);
  return {
    id: 'folder-rename',
    title: `rename a folder of ${formatCount(scale.movedFiles)} files of 64 KiB`,
    peers: 1,
    suits: (rival) => rival.yardstick !== true,
    seed: ({ roots }) => {
      fill(roots[0] ?? '', names('album', scale.movedFiles), size);
    },
    run: async (stage) => {
      await stage.start();
      const [source = '', target = ''] = stage.roots;
      const expectations = [
        ...names('renamed', scale.movedFiles).map((path) => hasSize(join(target, path), size)),
        ...names('album', scale.movedFiles).map((path) => isGone(join(target, path))),
      ];
      return stage.timed(async () => {
        const before = performance.now();
        renameSync(join(source, 'album'), join(source, 'renamed'));
        const seen = await stage.until(expectations);
        return [{ name: 'time', value: (seen - before) / 1000, unit: 's' }];
      });
    },
  };
}
