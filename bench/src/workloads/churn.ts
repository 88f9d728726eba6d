import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasBytes, isGone, type Expectation } from '../measure/expectation.js';
import { pause } from '../measure/visible.js';
import type { Scale } from '../plan/scale.js';
import type { Figure, Stage, Workload } from '../plan/stage.js';
import { freshBytes, put } from './content.js';
import { createZipf } from './zipf.js';

const files = 1000;
const changesPerSecond = 20;
const mb = 1e6;

/** What a file is to be after the churn; null when it was deleted last. */
type Final = Map<string, Buffer | null>;

/** A minute of changes, hot files and cold ones: how long after the last change the peer is equal, and what that cost on the wire. */
export function churn(scale: Scale): Workload {
  return {
    id: 'churn',
    title: `${scale.churnMs / 1000} s of churn, 20 changes a second, zipf over 1,000 files`,
    peers: 1,
    suits: (rival) => rival.yardstick !== true,
    run: async (stage) => {
      await stage.start();
      const [source = '', target = ''] = stage.roots;
      const final: Final = new Map();
      let written = 0;
      const settled = await stage.timed(async () => {
        written = await change(stage, source, 'churn', final);
        const last = performance.now();
        return (await stage.until(expectationsOf(final, target), 2)) - last;
      });
      const kept = [...final.values()].reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0);
      return [
        { name: 'settled', value: settled / 1000, unit: 's' },
        { name: 'written', value: written / mb, unit: 'MB' },
        { name: 'final', value: kept / mb, unit: 'MB' },
      ];
    },
  };
}

/** Both servers change files of their own for a minute, at the same time. */
export function twoWayChurn(scale: Scale): Workload {
  return {
    id: 'two-way-churn',
    title: `${scale.churnMs / 1000} s of churn on both servers at once`,
    peers: 1,
    twoWay: true,
    suits: (rival) => rival.twoWay && rival.yardstick !== true,
    run: async (stage) => {
      await stage.start();
      const [one = '', other = ''] = stage.roots;
      const ofOne: Final = new Map();
      const ofOther: Final = new Map();
      const settled = await stage.timed(async () => {
        await Promise.all([change(stage, one, 'one', ofOne), change(stage, other, 'other', ofOther)]);
        const last = performance.now();
        const expectations = [...expectationsOf(ofOne, other), ...expectationsOf(ofOther, one)];
        return (await stage.until(expectations, 2)) - last;
      });
      return [{ name: 'settled', value: settled / 1000, unit: 's' }] satisfies Figure[];
    },
  };
}

/** Nine of ten changes write 1–16 KiB, the tenth deletes. Gives the bytes written. */
async function change(stage: Stage, root: string, prefix: string, final: Final): Promise<number> {
  const pick = createZipf(files, () => stage.random());
  const start = performance.now();
  const total = (stage.scale.churnMs / 1000) * changesPerSecond;
  let written = 0;
  for (let n = 0; n < total; n += 1) {
    const file = pick();
    const path = `${prefix}/${file % 20}/page-${file}.html`;
    const deletes = stage.random() < 0.1 && final.get(path) instanceof Buffer;
    const bytes = deletes ? null : freshBytes(1024 + Math.floor(stage.random() * 15 * 1024));
    if (bytes === null) rmSync(join(root, path));
    else put(root, path, bytes);
    final.set(path, bytes);
    written += bytes?.length ?? 0;
    await pause(start + ((n + 1) * 1000) / changesPerSecond - performance.now());
  }
  return written;
}

function expectationsOf(final: Final, root: string): Expectation[] {
  return [...final].map(([path, bytes]) =>
    bytes === null ? isGone(join(root, path)) : hasBytes(join(root, path), bytes.length, 0, bytes),
  );
}
