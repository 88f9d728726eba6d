import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasBytes, isGone, type Expectation } from '../measure/expectation.js';
import { percentile } from '../measure/percentile.js';
import { pause } from '../measure/visible.js';
import type { Figure, Stage, Workload } from '../plan/stage.js';
import { fill, freshBytes, put } from './content.js';

/** A single change: what it touches, and what is then to be seen under a peer's root. */
interface Change {
  readonly paths: readonly string[];
  apply(root: string): void;
  expect(root: string): readonly Expectation[];
}

type MakeChange = (n: number) => Change;

const size = 4096;
const quietMs = 250;

const kinds: Readonly<Record<string, { readonly title: string; readonly make: MakeChange }>> = {
  write: { title: 'write one new 4 KiB file', make: (n) => writing(`new/page-${n}.html`) },
  overwrite: { title: 'overwrite one 4 KiB file', make: (n) => writing(seeded(n)) },
  delete: {
    title: 'delete one file',
    make: (n) => ({
      paths: [seeded(n)],
      apply: (root) => rmSync(join(root, seeded(n))),
      expect: (root) => [isGone(join(root, seeded(n)))],
    }),
  },
  rename: { title: 'rename one file', make: renaming },
  'atomic-save': { title: 'save one 4 KiB file by temporary file and rename', make: saving },
};

/** One workload per kind of change: time from before the change until a peer shows it, one change at a time. */
export function singleChanges(): readonly Workload[] {
  return Object.entries(kinds).map(([id, { title, make }]) => ({
    id: `single-${id}`,
    title,
    peers: 1,
    suits: (rival) => rival.id !== 'bare-app',
    seed: (stage) => seedPages(stage),
    run: async (stage) => {
      await stage.start();
      return latencyFigures(await measureChanges(stage, make, stage.scale.changes));
    },
  }));
}

/** Writes of new files, for other topologies: every peer must show each of them. */
export function measureWrites(stage: Stage, count: number): Promise<number[]> {
  return measureChanges(stage, (n) => writing(`new/page-${n}.html`), count);
}

/** Percentiles of latencies in milliseconds. */
export function latencyFigures(latencies: readonly number[]): Figure[] {
  const at = (percent: number): Figure => ({
    name: `p${percent}`,
    value: percentile(latencies, percent),
    unit: 'ms',
  });
  return [at(50), at(95), at(99), { name: 'samples', value: latencies.length, unit: 'n' }];
}

async function measureChanges(stage: Stage, make: MakeChange, count: number): Promise<number[]> {
  const [source = '', ...targets] = stage.roots;
  const end = performance.now() + stage.scale.changesBudgetMs;
  const latencies: number[] = [];
  await stage.timed(async () => {
    for (let n = 0; n < count && (n < 3 || performance.now() < end); n += 1) {
      const change = make(n);
      // A random rest, so that tools that look periodically are met at any moment of their period.
      await pause(stage.random() * quietMs);
      const expectations = targets.flatMap((target) => change.expect(target));
      const before = performance.now();
      change.apply(source);
      stage.running().changed?.(change.paths);
      latencies.push((await stage.until(expectations, 1)) - before);
    }
  });
  return latencies;
}

/** More pages than are changed: deleting most of a folder within seconds is what Lockstep holds on purpose. */
function seedPages({ roots, scale }: Stage): void {
  const paths = Array.from({ length: scale.changes * 3 }, (_, n) => seeded(n));
  fill(roots[0] ?? '', paths, size);
}

function seeded(n: number): string {
  return `pages/folder-${n % 10}/page-${n}.html`;
}

function writing(path: string): Change {
  const bytes = freshBytes(size);
  return {
    paths: [path],
    apply: (root) => put(root, path, bytes),
    expect: (root) => [hasBytes(join(root, path), size, 0, bytes)],
  };
}

function renaming(n: number): Change {
  const to = `pages/folder-${n % 10}/renamed-${n}.html`;
  return {
    paths: [seeded(n), to],
    apply: (root) => renameSync(join(root, seeded(n)), join(root, to)),
    expect: (root) => [
      isGone(join(root, seeded(n))),
      { file: to, holds: () => !isGone(join(root, to)).holds() },
    ],
  };
}

function saving(n: number): Change {
  const bytes = freshBytes(size);
  const temporary = `pages/folder-${n % 10}/.page-${n}.html.tmp`;
  return {
    paths: [seeded(n)],
    apply: (root) => {
      writeFileSync(join(root, temporary), bytes);
      renameSync(join(root, temporary), join(root, seeded(n)));
    },
    expect: (root) => [hasBytes(join(root, seeded(n)), size, 0, bytes)],
  };
}
