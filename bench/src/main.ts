import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseOptions, select, usage, type Options } from './options.js';
import { obeyInterrupts, onInterrupt } from './processes/interrupt.js';
import type { Result } from './plan/result.js';
import { runOne } from './plan/run-one.js';
import { fullScale, quickScale } from './plan/scale.js';
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
  const scale = options.quick ? quickScale : fullScale;
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
  const machine = describeMachine(directory);
  const results: Result[] = [];
  for (const workload of workloads) {
    console.log(`\n${workload.title}`);
    for (const rival of installed.filter((candidate) => workload.suits(candidate))) {
      const result = await runOne(workload, rival, scale, directory);
      results.push(result);
      console.log(`  ${formatLine(result)}`);
    }
    // After each workload, so that an interrupted run leaves what it measured.
    writeReport(out, { machine, quick: options.quick, results });
  }
  console.log(`\n${formatTable(results)}`);
  console.log(`Written to ${out}: results.json, results.txt, results.svg`);
  removeTrees();
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
