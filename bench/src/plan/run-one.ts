import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Expectation } from '../measure/expectation.js';
import { createUsageMeter, type Usage } from '../measure/usage.js';
import { NotVisible, untilVisible } from '../measure/visible.js';
import type { Network } from '../network/network.js';
import { openNetwork } from '../network/open-network.js';
import type { Rival, Running } from '../rivals/rival.js';
import { createRandom } from './random.js';
import type { Scale } from './scale.js';
import type { Figure, Stage, Workload } from './stage.js';
import type { Result } from './result.js';
import { untilReady } from './ready.js';
import { verify } from './verify.js';

/** Runs one workload with one tool in a fresh directory and network, and checks that the trees end identical. */
export async function runOne(
  workload: Workload,
  rival: Rival,
  scale: Scale,
  directory: string,
): Promise<Result> {
  const startedMs = performance.now();
  const scratch = mkdtempSync(join(directory, `${workload.id}-${rival.id}-`));
  const network = openNetwork(workload.link ?? { delayMs: 0, lossPercent: 0 });
  const run = createRun(workload, rival, scale, scratch, network);
  let figures: readonly Figure[] = [];
  let problem: string | null;
  try {
    await workload.seed?.(run.stage);
    figures = await workload.run(run.stage);
    problem = rival.id === 'bare-app' ? null : await verify(run.stage);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
    if (!(error instanceof NotVisible) && process.env['BENCH_TRACE'] !== undefined) console.error(error);
  } finally {
    await run.stop();
    await network.close();
  }
  if (process.env['BENCH_KEEP'] === undefined) rmSync(scratch, { recursive: true, force: true });
  return {
    workload: workload.id,
    title: workload.title,
    rival: rival.id,
    name: rival.name,
    setting: rival.setting,
    durability: rival.durability,
    yardstick: rival.yardstick === true,
    figures,
    usage: run.usage(),
    isolated: network.isolated,
    linkMeans: network.means,
    problem,
    seconds: (performance.now() - startedMs) / 1000,
  };
}

interface Run {
  readonly stage: Stage;
  usage(): Usage | null;
  stop(): Promise<void>;
}

function createRun(workload: Workload, rival: Rival, scale: Scale, scratch: string, network: Network): Run {
  const roots = Array.from({ length: workload.peers + 1 }, (_, node) =>
    join(scratch, `node-${node}`, 'static'),
  );
  const configuration = join(scratch, 'configuration');
  for (const made of [...roots, configuration]) mkdirSync(made, { recursive: true });
  let started: Running | null = null;
  const meter = createUsageMeter(network, () => started?.pids() ?? []);
  let metered = false;

  const running = () => {
    if (started === null) throw new Error(`The workload ${workload.id} uses the tool before it started.`);
    return started;
  };
  const until = (expectations: readonly Expectation[], pollMs = 5) =>
    untilVisible(expectations, { deadlineMs: scale.deadlineMs, pollMs, failure: () => running().failure() });
  const launch = async () => {
    const twoWay = workload.twoWay === true;
    const thinLink = workload.link?.bytesPerSecond !== undefined;
    started = await rival.start({ directory: configuration, roots, twoWay, network, thinLink });
  };
  const stage: Stage = {
    rival,
    scale,
    roots,
    scratch,
    linkMeans: network.means,
    running,
    launch,
    start: async () => {
      await launch();
      if (rival.id !== 'bare-app') await untilReady(stage, workload.twoWay === true);
    },
    timed: async (work) => {
      metered = true;
      meter.start();
      try {
        return await work();
      } finally {
        meter.stop();
      }
    },
    usage: () => meter.total(),
    until,
    random: createRandom(20_240_601),
  };
  return {
    stage,
    usage: () => (metered ? meter.total() : null),
    stop: async () => {
      await started?.stop();
    },
  };
}
