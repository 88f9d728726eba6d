import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasBytes, hasSize } from '../measure/expectation.js';
import { filesBelow } from '../measure/tree-digest.js';
import { pause } from '../measure/visible.js';
import type { Stage } from './stage.js';

/** Folders equal, then two probes in a row arrive: the first may be found by a start scan, the second proves that changes are noticed. */
export async function untilReady(stage: Stage, twoWay: boolean): Promise<void> {
  const [source = ''] = stage.roots;
  const seeded = filesBelow(source).map((path) => ({ path, size: statSync(join(source, path)).size }));
  if (seeded.length > 0) stage.running().changed?.('everything');
  for (const root of stage.roots.slice(1))
    await stage.until(seeded.map(({ path, size }) => hasSize(join(root, path), size)));
  for (const round of [1, 2])
    for (const writer of twoWay ? stage.roots : [source]) {
      const name = `probe-${stage.roots.indexOf(writer)}-${round}.txt`;
      const bytes = Buffer.from(`probe ${round}`);
      writeFileSync(join(writer, name), bytes);
      stage.running().changed?.([name]);
      const others = stage.roots.filter((root) => root !== writer);
      await stage.until(others.map((root) => hasBytes(join(root, name), bytes.length, 0, bytes)));
    }
  await pause(500);
}
