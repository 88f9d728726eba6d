import type { Result } from '../plan/result.js';
import type { Report } from './report.js';
import { formatNumber } from './table.js';

const width = 900;
const labelWidth = 330;
const barWidth = 420;
const rowHeight = 18;
const titleHeight = 34;

/** Bars per workload, the shortest is the best; linear within a workload, not comparable between workloads. */
export function drawPlot({ machine, quick, results }: Report): string {
  const parts: string[] = [];
  let top = 46;
  for (const id of new Set(results.map(({ workload }) => workload))) {
    const rows = results.filter(({ workload, figures }) => workload === id && figures.length > 0);
    if (rows.length === 0) continue;
    parts.push(text(16, top + 20, rows[0]?.title ?? '', 'title'));
    top += titleHeight;
    const longest = Math.max(...rows.map(({ figures }) => figures[0]?.value ?? 0));
    for (const row of rows) {
      parts.push(drawRow(row, top, longest));
      top += rowHeight;
    }
  }
  const where = `${machine.cpu}, ${machine.cores} cores, ${machine.fileSystem}, ${machine.date.slice(0, 10)}`;
  const heading = `Lockstep side by side${quick ? ' (quick run)' : ''}: shorter is better. ${where}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top + 16}" font-family="system-ui, sans-serif" font-size="12">
<style>.title{font-weight:600;font-size:13px}.ours{fill:#0a7d55}.theirs{fill:#8a94a6}.yardstick{fill:#d3d8e0}text{fill:#222}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>
${text(16, 26, heading, 'title')}
${parts.join('\n')}
</svg>
`;
}

function drawRow(result: Result, top: number, longest: number): string {
  const [figure] = result.figures;
  const value = figure?.value ?? 0;
  const length = longest > 0 && Number.isFinite(value) ? Math.max(1, (value / longest) * barWidth) : 1;
  const kind = result.yardstick ? 'yardstick' : result.rival.startsWith('lockstep') ? 'ours' : 'theirs';
  const label = `${result.name}, ${result.setting}${result.durability === 'fsync' ? ', fsync' : ''}`;
  const amount = `${formatNumber(value)} ${figure?.unit ?? ''}${result.problem === null ? '' : ' (failed)'}`;
  return [
    text(labelWidth - 8, top + 13, label, '', 'end'),
    `<rect class="${kind}" x="${labelWidth}" y="${top + 3}" width="${length.toFixed(1)}" height="${rowHeight - 6}" rx="2"/>`,
    text(labelWidth + length + 6, top + 13, amount, ''),
  ].join('');
}

/** A label of a drawing. */
export function text(x: number, y: number, content: string, kind: string, anchor = 'start'): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const className = kind === '' ? '' : ` class="${kind}"`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${className}>${escaped}</text>`;
}
