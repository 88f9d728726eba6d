import { join } from 'node:path';
import { hasBytes, hasSize } from '../measure/expectation.js';
import { cpuSecondsOf, processTree, residentMiB } from '../measure/proc.js';
import { pause } from '../measure/visible.js';
import { formatCount, type Scale } from '../plan/scale.js';
import type { Figure, Stage, Workload } from '../plan/stage.js';
import { fillAlike, freshBytes, put, spreadPaths } from './content.js';
import { latencyFigures, measureWrites } from './single-changes.js';

const size = 1024;
const changes = 20;
const idleMs = 15_000;

/** How one server's memory, cost and start grow with files, with changes that wait for a peer, and with peers. */
export function growth(scale: Scale): readonly Workload[] {
  const { files, waiting, peers } = scale.growth;
  return [...files.map(withFiles), ...waiting.map(withWaiting), ...peers.map(withPeers)];
}

function ofOurs(id: string, title: string, peers: number, files: number): Omit<Workload, 'run'> {
  return {
    id,
    title: `growth: ${title}`,
    peers,
    suits: (rival) => rival.id === 'lockstep-fsync',
    seed: ({ roots }) => fillAlike(roots, spreadPaths('tree', files, files / 20), size),
  };
}

function withFiles(files: number): Workload {
  return {
    ...ofOurs(`growth-files-${files}`, `${formatCount(files)} files`, 1, files),
    run: async (stage) => {
      await stage.start();
      const restart = await restarted(stage);
      return [...(await weigh(stage)), restart];
    },
  };
}

/** The peer is away while files are written. */
function withWaiting(waiting: number): Workload {
  const paths = spreadPaths('late', waiting, Math.max(1, waiting / 20));
  return {
    ...ofOurs(`growth-waiting-${waiting}`, `${formatCount(waiting)} changes waiting for a peer`, 1, 1000),
    run: async (stage) => {
      await stage.start();
      await stage.running().stopNode(1);
      for (const path of paths) put(stage.roots[0] ?? '', path, freshBytes(size));
      const weight = await weigh(stage);
      const before = performance.now();
      await stage.running().startNode(1);
      const seen = await stage.until(paths.map((path) => hasSize(join(stage.roots[1] ?? '', path), size)));
      const caughtUp: Figure = { name: 'all arrived', value: (seen - before) / 1000, unit: 's' };
      return waiting > 0 ? [...weight, caughtUp] : weight;
    },
  };
}

function withPeers(peers: number): Workload {
  return {
    ...ofOurs(`growth-peers-${peers}`, `${peers} peers`, peers, 1000),
    run: async (stage) => {
      await stage.start();
      const latencies = latencyFigures(await measureWrites(stage, changes));
      const restart = await restarted(stage);
      return [...(await weigh(stage)), restart, ...latencies.slice(0, 2)];
    },
  };
}

/** Ends and starts the first server; a change made at that moment tells when it is at work again. */
async function restarted(stage: Stage): Promise<Figure> {
  const [source = '', ...others] = stage.roots;
  await stage.running().stopNode(0);
  const bytes = freshBytes(size);
  const expectations = others.map((root) => hasBytes(join(root, 'after.html'), size, 0, bytes));
  const before = performance.now();
  await stage.running().startNode(0);
  put(source, 'after.html', bytes);
  const seen = await stage.until(expectations);
  return { name: 'restart', value: (seen - before) / 1000, unit: 's' };
}

/** Memory and idle CPU of the first server, once it is calm. */
async function weigh(stage: Stage): Promise<readonly Figure[]> {
  const tree = (): number[] => processTree(stage.running().pidsOf?.(0) ?? []);
  const cpu = (): number => tree().reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  await untilCalm(cpu);
  const before = cpu();
  await pause(idleMs);
  const idle = (100 * (cpu() - before)) / (idleMs / 1000);
  const resident = tree().reduce((sum, pid) => sum + residentMiB(pid), 0);
  return [
    { name: 'RSS', value: resident, unit: 'MiB' },
    { name: 'idle', value: idle, unit: '%' },
  ];
}

/** Waits until less than 2 % of a core is taken, at most two minutes. */
async function untilCalm(cpu: () => number): Promise<void> {
  const windowMs = 3000;
  for (let waitedMs = 0; waitedMs < 120_000; waitedMs += windowMs) {
    const before = cpu();
    await pause(windowMs);
    if (cpu() - before < windowMs / 1000 / 50) return;
  }
}
