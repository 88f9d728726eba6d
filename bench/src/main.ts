import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseOptions, select, usage, type Options } from './options.js';
import { obeyInterrupts, onInterrupt } from './processes/interrupt.js';
import type { Result } from './plan/result.js';
import { runOne } from './plan/run-one.js';
import { allRuns, finalRuns, finalScale, type Run } from './plan/final.js';
import { fullScale, quickScale, type Scale } from './plan/scale.js';
import type { Workload } from './plan/stage.js';
import { describeMachine } from './report/machine.js';
import { writeReport } from './report/report.js';
import { formatLine, formatTable } from './report/table.js';
import { allRivals } from './rivals/index.js';
import type { Rival } from './rivals/rival.js';
import { allWorkloads } from './workloads/index.js';

const bench = dirname(dirname(fileURLToPath(import.meta.url)));

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}

async function main(options: Options): Promise<void> {
  const scale = options.quick ? quickScale : options.final ? finalScale : fullScale;
  const cache = join(bench, 'node_modules', '.cache');
  const rivals = select(allRivals(), options.rivals, '--rivals');
  const workloads = select(allWorkloads(scale, cache), options.workloads, '--workloads');
  const installed = rivals.filter((rival) => isReady(rival));
  if (options.list) return printList(rivals, workloads);

  const out = options.out ?? join(bench, 'results', ...(options.quick ? ['quick'] : []));
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  for (const made of [cache, out, directory]) mkdirSync(made, { recursive: true });
  obeyInterrupts();
  const removeTrees = () => {
    if (options.directory === null) rmSync(directory, { recursive: true, force: true });
  };
  onInterrupt(removeTrees);
  const runs = options.final ? finalRuns(workloads, installed) : allRuns(workloads, installed);
  const results = await runAll(runs, { options, scale, out, directory });
  console.log(`\n${formatTable(results)}`);
  console.log(`Written to ${out}: results.json, results.txt, results.svg`);
  removeTrees();
}

interface Place {
  readonly options: Options;
  readonly scale: Scale;
  readonly out: string;
  readonly directory: string;
}

async function runAll(
  runs: readonly Run[],
  { options, scale, out, directory }: Place,
): Promise<readonly Result[]> {
  const machine = describeMachine(directory);
  const endMs = performance.now() + (options.minutes ?? Infinity) * 60_000;
  const results: Result[] = [];
  const leftOut: string[] = [];
  let title = '';
  for (const { workload, rival } of runs) {
    if (performance.now() > endMs) {
      leftOut.push(`${workload.id} with ${rival.id}`);
      continue;
    }
    if (workload.title !== title) console.log(`\n${workload.title}`);
    title = workload.title;
    const result = await runOne(workload, rival, scale, directory);
    results.push(result);
    console.log(`  ${formatLine(result)}`);
    // After each run, so that an interrupted one leaves what it measured.
    writeReport(out, { machine, quick: options.quick, results, leftOut });
  }
  writeReport(out, { machine, quick: options.quick, results, leftOut });
  if (leftOut.length > 0) console.log(`\nLeft out after ${options.minutes} minutes: ${leftOut.join(', ')}`);
  return results;
}

function isReady(rival: Rival): boolean {
  const missing = rival.missing();
  if (missing !== null) console.log(`${rival.id} is left out. To include it: ${missing}`);
  return missing === null;
}

function printList(rivals: readonly Rival[], workloads: readonly Workload[]): void {
  console.log('Tools:');
  for (const { id, name, setting, durability } of rivals)
    console.log(`  ${id.padEnd(22)} ${name}, ${setting}, ${durability}`);
  console.log('Workloads:');
  for (const { id, title } of workloads) console.log(`  ${id.padEnd(22)} ${title}`);
}
