import assert from 'node:assert/strict';
import test from 'node:test';
import { allRivals } from '../rivals/index.js';
import { allWorkloads } from '../workloads/index.js';
import { allRuns, finalRuns, finalScale } from './final.js';

const workloads = allWorkloads(finalScale, '/nowhere');
const ids = finalRuns(workloads, allRivals()).map(({ workload, rival }) => `${workload.id} ${rival.id}`);

test('the final run has every row, each with Lockstep, and nothing twice', () => {
  for (const { id } of workloads)
    assert.ok(
      ids.some((run) => run.startsWith(`${id} lockstep`)),
      `${id} is missing`,
    );
  assert.equal(new Set(ids).size, ids.length);
});

test('the final run gives no tool work that it cannot do', () => {
  const possible = new Set(
    allRuns(workloads, allRivals()).map(({ workload, rival }) => `${workload.id} ${rival.id}`),
  );
  assert.deepEqual(
    ids.filter((run) => !possible.has(run)),
    [],
  );
});
