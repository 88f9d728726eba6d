import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { hasBytes, hasSize } from '../measure/expectation.js';
import { percentile } from '../measure/percentile.js';
import { pause } from '../measure/visible.js';
import type { Stage, Workload } from '../plan/stage.js';
import { freshBytes } from './content.js';

const path = 'media/video.bin';
const kib = 1024;

/** An edit of the large file; gives where in it new bytes are to be found, and the bytes. */
type Edit = (file: string, random: () => number) => { readonly offset: number; readonly bytes: Buffer };

const edits: Readonly<Record<string, { readonly title: string; readonly edit: Edit }>> = {
  append: { title: 'append 64 KiB to a 99 MiB file', edit: append },
  overwrite: { title: 'overwrite 4 KiB within a 99 MiB file', edit: overwrite },
  insert: { title: 'insert 4 KiB into a 99 MiB file', edit: insert },
};

/** A large file as a whole, and small edits within it; timed from when the writing program has closed the file. */
export function largeFile(): readonly Workload[] {
  const whole: Workload = {
    id: 'large-file',
    title: 'write one 99 MiB file',
    peers: 1,
    suits: (rival) => rival.id !== 'bare-app',
    run: async (stage) => {
      await stage.start();
      const [source = '', target = ''] = stage.roots;
      const bytes = freshBytes(stage.scale.largeBytes);
      return stage.timed(async () => {
        writeFileSync(join(source, 'video.bin'), bytes);
        const before = performance.now();
        stage.running().changed?.(['video.bin']);
        const seen = await stage.until([hasSize(join(target, 'video.bin'), bytes.length)]);
        return [{ name: 'time', value: (seen - before) / 1000, unit: 's' }];
      });
    },
  };
  const edited = Object.entries(edits).map(([id, { title, edit }]): Workload => ({
    id: `large-${id}`,
    title,
    peers: 1,
    // The floor sends the whole file for each edit; that is the time above.
    suits: (rival) => rival.yardstick !== true,
    seed: ({ roots, scale }) => seedLarge(roots[0] ?? '', scale.largeBytes),
    run: (stage) => measureEdits(stage, edit),
  }));
  return [whole, ...edited];
}

async function measureEdits(stage: Stage, edit: Edit) {
  await stage.start();
  const [source = '', target = ''] = stage.roots;
  const times: number[] = [];
  for (let n = 0; n < stage.scale.largeEdits; n += 1) {
    await pause(1000);
    await stage.timed(async () => {
      const { offset, bytes } = edit(join(source, path), () => stage.random());
      const size = statSync(join(source, path)).size;
      const before = performance.now();
      times.push((await stage.until([hasBytes(join(target, path), size, offset, bytes)])) - before);
    });
  }
  return [
    { name: 'median', value: percentile(times, 50) / 1000, unit: 's' as const },
    { name: 'worst', value: percentile(times, 100) / 1000, unit: 's' as const },
    { name: 'edits', value: times.length, unit: 'n' as const },
  ];
}

function seedLarge(root: string, size: number): void {
  mkdirSync(join(root, 'media'), { recursive: true });
  writeFileSync(join(root, path), freshBytes(size));
}

function append(file: string) {
  const bytes = freshBytes(64 * kib);
  const offset = statSync(file).size;
  writeFileSync(file, bytes, { flag: 'a' });
  return { offset, bytes };
}

function overwrite(file: string, random: () => number) {
  const bytes = freshBytes(4 * kib);
  const offset = Math.floor(random() * (statSync(file).size - bytes.length));
  const fd = openSync(file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, offset);
  closeSync(fd);
  return { offset, bytes };
}

/** In place, as a program does that knows no better: everything behind the insertion moves. */
function insert(file: string, random: () => number) {
  const bytes = freshBytes(4 * kib);
  const offset = Math.floor(random() * statSync(file).size);
  const behind = readFileSync(file).subarray(offset);
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.concat([bytes, behind]), 0, undefined, offset);
  closeSync(fd);
  return { offset, bytes };
}
