import assert from 'node:assert/strict';
import test from 'node:test';
import type { Result } from '../plan/result.js';
import { formatNumber, formatTable, ratioToLockstep } from './table.js';

const base: Result = {
  workload: 'burst',
  title: 'a burst',
  rival: 'lockstep-os',
  name: 'Lockstep',
  setting: 'default',
  durability: 'os',
  yardstick: false,
  figures: [{ name: 'time', value: 2, unit: 's' }],
  usage: { cpuSeconds: 1.5, peakRssMiB: 100, wireBytes: 2_000_000 },
  isolated: true,
  linkMeans: 'none',
  problem: null,
  seconds: 10,
};
const synced: Result = { ...base, rival: 'lockstep-fsync', durability: 'fsync', figures: [time(4)] };
const rival: Result = { ...base, rival: 'rsync-loop-fsync', durability: 'fsync', figures: [time(6)] };

function time(value: number) {
  return { name: 'time', value, unit: 's' } as const;
}

test('compares a tool that flushes with Lockstep that flushes', () => {
  assert.equal(ratioToLockstep(rival, [base, synced, rival]), 1.5);
});

test('gives no ratio where Lockstep was not measured or did not finish', () => {
  assert.equal(ratioToLockstep(rival, [base, rival]), null);
  assert.equal(ratioToLockstep(rival, [{ ...synced, figures: [] }, rival]), null);
});

test('shows a failure in the table', () => {
  const failed: Result = { ...rival, figures: [], problem: 'a.html is missing' };
  assert.match(formatTable([synced, failed]), /FAILED: a\.html is missing/);
});

test('shows three significant digits', () => {
  assert.equal(formatNumber(0.012345), '0.0123');
  assert.equal(formatNumber(12_345.6), '12,346');
});
