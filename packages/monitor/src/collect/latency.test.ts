import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ActivityRow } from '@lockstep/core';
import { latencyStatus, percentile } from './latency.js';

function row(kind: ActivityRow['kind'], ms: number | null): ActivityRow {
  return {
    id: 1,
    atMs: 0,
    kind,
    folder: null,
    path: null,
    peer: null,
    bytes: 0,
    ms,
    code: null,
    message: null,
  };
}

describe('latencies', () => {
  it('are taken from the sender, the last 60 for the chart', () => {
    const recent = Array.from({ length: 100 }, (_, value) => value);
    const status = latencyStatus({ p50: 20, p95: 61, recent }, []);
    assert.equal(status.p50Ms, 20);
    assert.equal(status.p95Ms, 61);
    assert.equal(status.recentMs.length, 60);
    assert.equal(status.recentMs.at(-1), 99);
  });

  it('come from the shared history where no sender runs, oldest first', () => {
    const history = [
      row('sent', 30),
      row('received', 900),
      row('deleted-there', 10),
      row('sent', null),
      row('moved', 20),
    ];
    const status = latencyStatus(undefined, history);
    assert.deepEqual(status.recentMs, [20, 10, 30]);
    assert.equal(status.p50Ms, 20);
  });

  it('are unknown before the first change', () => {
    assert.deepEqual(latencyStatus(undefined, []), { p50Ms: null, p95Ms: null, recentMs: [] });
  });

  it('have percentiles that are values which occurred', () => {
    const values = [50, 10, 40, 30, 20];
    assert.equal(percentile(values, 0.5), 30);
    assert.equal(percentile(values, 0.95), 50);
    assert.equal(percentile([7], 0.5), 7);
    assert.equal(percentile([], 0.5), null);
  });
});
