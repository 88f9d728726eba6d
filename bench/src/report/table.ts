import type { Result } from '../plan/result.js';
import type { Figure } from '../plan/stage.js';

const columns = [
  'tool',
  'setting',
  'bytes are safe',
  'result',
  '× Lockstep',
  'CPU s',
  'RSS MiB',
  'wire MB',
  'more',
];

/** One finished measurement, for the running log. */
export function formatLine(result: Result): string {
  const tool = `${result.name}, ${result.setting} (${result.durability})`.padEnd(48);
  return `${tool} ${result.figures.map(formatFigure).join(', ')}${formatProblem(result)}`;
}

/** All results, one block per workload; ratios compare like with like: fsync with fsync, `os` with `os`. */
export function formatTable(results: readonly Result[]): string {
  const ids = [...new Set(results.map(({ workload }) => workload))];
  return ids.map((id) => formatBlock(results.filter(({ workload }) => workload === id))).join('\n');
}

/** How many times Lockstep's time (of the same durability) this tool took; null where either is unknown. */
export function ratioToLockstep(result: Result, results: readonly Result[]): number | null {
  const own = results.find(
    ({ workload, rival, durability }) =>
      workload === result.workload && rival.startsWith('lockstep') && durability === result.durability,
  );
  const [mine, ours] = [result.figures[0]?.value, own?.figures[0]?.value];
  return mine === undefined || ours === undefined || ours === 0 ? null : mine / ours;
}

/** A number with three significant digits and its unit. */
export function formatFigure({ name, value, unit }: Figure): string {
  return `${name} ${formatNumber(value)}${unit === 'n' ? '' : ` ${unit}`}`;
}

/** Three significant digits, without an exponent. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

function formatBlock(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const [first, ...others] = result.figures;
    const ratio = ratioToLockstep(result, results);
    return [
      result.name,
      result.setting,
      result.durability,
      first === undefined ? '–' : formatFigure(first),
      ratio === null ? '–' : formatNumber(ratio),
      formatNumber(result.usage?.cpuSeconds ?? Number.NaN),
      formatNumber(result.usage?.peakRssMiB ?? Number.NaN),
      formatNumber((result.usage?.wireBytes ?? Number.NaN) / 1e6) +
        (result.isolated ? '' : ' (all programs)'),
      others.map(formatFigure).join(', ') + formatProblem(result),
    ];
  });
  const widths = columns.map((column, n) =>
    Math.max(column.length, ...rows.map((row) => (row[n] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return `## ${results[0]?.title ?? ''}\n\n${[line(columns), rule, ...rows.map(line)].join('\n')}\n`;
}

function formatProblem({ problem, linkMeans }: Result): string {
  const link = linkMeans === 'forwarder' ? ' [link by a forwarder]' : '';
  return `${link}${problem === null ? '' : ` FAILED: ${problem}`}`;
}
