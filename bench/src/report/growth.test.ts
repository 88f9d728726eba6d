import assert from 'node:assert/strict';
import test from 'node:test';
import type { Result } from '../plan/result.js';
import { drawGrowth, formatGrowth } from './growth.js';

function result(workload: string, rss: number, problem: string | null = null): Result {
  return {
    workload,
    title: workload,
    rival: 'lockstep-fsync',
    name: 'Lockstep',
    setting: 'default',
    durability: 'fsync',
    yardstick: false,
    figures: [{ name: 'RSS', value: rss, unit: 'MiB' }],
    usage: null,
    isolated: true,
    linkMeans: 'none',
    problem,
    seconds: 1,
  };
}

const results = [
  result('growth-files-100000', 180),
  result('growth-files-1000', 110),
  result('growth-peers-1', 110, 'not there after 60 s'),
];

test('the table of growth has the points of each axis in their order, and says what failed', () => {
  assert.equal(
    formatGrowth(results),
    `| files   | RSS     |
| ------- | ------- |
| 1,000   | 110 MiB |
| 100,000 | 180 MiB |

| peers | RSS              |
| ----- | ---------------- |
| 1     | 110 MiB (failed) |
`,
  );
});

test('the curves of growth have a point for each measurement, on linear scales', () => {
  const svg = drawGrowth(results);
  assert.equal(svg.match(/<circle/gu)?.length, 3);
  assert.match(svg, /RSS, MiB by files/u);
  assert.match(svg, /points="21\.5,91\.1 170\.0,60\.0"/u);
});
