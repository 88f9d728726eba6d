import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../plan/result.js';
import { formatCount } from '../plan/scale.js';
import type { Machine } from './machine.js';
import { text } from './plot.js';
import { formatNumber } from './table.js';

/** What one of the curves goes along. */
const axes = ['files', 'waiting', 'peers'] as const;

/** One measured point: how much of the axis there was, and the figures of one server. */
interface Point {
  readonly amount: number;
  readonly result: Result;
}

const panelWidth = 230;
const panelHeight = 150;
const plotWidth = 150;
const plotHeight = 80;

/** Writes growth.json, growth.txt and growth.svg when growth was measured. */
export function writeGrowth(directory: string, machine: Machine, results: readonly Result[]): void {
  const measured = results.filter(({ workload }) => workload.startsWith('growth-'));
  if (measured.length === 0) return;
  const json = JSON.stringify({ machine, results: measured }, null, 2);
  writeFileSync(join(directory, 'growth.json'), `${json}\n`);
  writeFileSync(join(directory, 'growth.txt'), formatGrowth(measured));
  writeFileSync(join(directory, 'growth.svg'), drawGrowth(measured));
}

/** One table per axis. */
export function formatGrowth(results: readonly Result[]): string {
  const blocks = axes.flatMap((axis) => {
    const points = pointsOf(results, axis);
    const names = namesOf(points);
    if (names.length === 0) return [];
    const rows = points.map((point) => [
      formatCount(point.amount),
      ...names.map((name) => cell(point, name)),
    ]);
    const head = [axis, ...names];
    const widths = head.map((title, n) =>
      Math.max(title.length, ...rows.map((row) => (row[n] ?? '').length)),
    );
    const line = (cells: readonly string[]): string =>
      `| ${cells.map((each, n) => each.padEnd(widths[n] ?? 0)).join(' | ')} |`;
    return [[line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')];
  });
  return `${blocks.join('\n\n')}\n`;
}

/** A curve per axis and figure. Both scales are linear and begin at 0, so that a straight line is linear growth. */
export function drawGrowth(results: readonly Result[]): string {
  const panels: string[] = [];
  let top = 30;
  let columns = 1;
  for (const axis of axes) {
    const points = pointsOf(results, axis);
    const names = namesOf(points);
    if (names.length === 0) continue;
    panels.push(...names.map((name, n) => drawPanel(points, axis, name, n * panelWidth, top)));
    columns = Math.max(columns, names.length);
    top += panelHeight;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns * panelWidth} ${top}" font-family="system-ui, sans-serif" font-size="10">
<style>.title{font-weight:600}polyline{fill:none;stroke:#0a7d55;stroke-width:2}circle{fill:#0a7d55}path{stroke:#8a94a6;fill:none}text{fill:#222}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>
${text(8, 16, 'Growth of one Lockstep server', 'title')}
${panels.join('\n')}
</svg>
`;
}

function drawPanel(points: readonly Point[], axis: string, name: string, left: number, top: number): string {
  const known = points.flatMap(({ amount, result }) => {
    const figure = result.figures.find((each) => each.name === name);
    return figure === undefined ? [] : [{ amount, ...figure }];
  });
  const most = Math.max(1, ...known.map(({ amount }) => amount));
  const highest = Math.max(...known.map(({ value }) => value)) || 1;
  const [x0, y0] = [left + 20, top + 30 + plotHeight];
  const at = known.map(({ amount, value }) => ({
    x: x0 + (amount / most) * plotWidth,
    y: y0 - (value / highest) * plotHeight,
    label: formatNumber(value),
  }));
  const unit = known[0]?.unit ?? '';
  return [
    text(left + 8, top + 14, `${name}, ${unit} by ${axis}`, 'title'),
    `<path d="M${x0} ${top + 26}V${y0}H${x0 + plotWidth}"/>`,
    `<polyline points="${at.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}"/>`,
    ...at.map(({ x, y }) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="2.5"/>`),
    ...at.map(({ x, y, label }) => text(x + 4, y - 4, label, '')),
    text(x0, y0 + 12, '0', 'tick'),
    text(x0 + plotWidth, y0 + 12, formatCount(most), 'tick', 'end'),
  ].join('');
}

function pointsOf(results: readonly Result[], axis: string): readonly Point[] {
  const prefix = `growth-${axis}-`;
  return results
    .filter(({ workload }) => workload.startsWith(prefix))
    .map((result) => ({ amount: Number(result.workload.slice(prefix.length)), result }))
    .sort((a, b) => a.amount - b.amount);
}

function namesOf(points: readonly Point[]): readonly string[] {
  return [...new Set(points.flatMap(({ result }) => result.figures.map(({ name }) => name)))];
}

function cell({ result }: Point, name: string): string {
  const figure = result.figures.find((each) => each.name === name);
  const failed = result.problem === null ? '' : ' (failed)';
  return figure === undefined ? '–' : `${formatNumber(figure.value)} ${figure.unit}${failed}`;
}
