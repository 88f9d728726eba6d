import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../plan/result.js';
import { writeGrowth } from './growth.js';
import type { Machine } from './machine.js';
import { drawPlot } from './plot.js';
import { formatTable } from './table.js';

/** Everything that one run found out. */
export interface Report {
  readonly machine: Machine;
  /** Whether the work was smaller than in the published measurement. */
  readonly quick: boolean;
  readonly results: readonly Result[];
  /** Runs for which there was no time. */
  readonly leftOut: readonly string[];
}

/** Writes results.json, results.txt and results.svg into the directory, and growth.* when that was measured. */
export function writeReport(directory: string, report: Report): void {
  writeFileSync(join(directory, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(directory, 'results.txt'), formatTable(report.results));
  writeFileSync(join(directory, 'results.svg'), drawPlot(report));
  writeGrowth(directory, report.machine, report.results);
}
