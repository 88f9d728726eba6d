import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { hasSize } from '../measure/expectation.js';
import { createRawCopy } from '../rivals/raw-copy.js';
import { runOne } from './run-one.js';
import { quickScale } from './scale.js';
import type { Workload } from './stage.js';

const scale = { ...quickScale, settleMs: 300, deadlineMs: 20_000 };

const oneFile: Workload = {
  id: 'one-file',
  title: 'one file',
  peers: 2,
  suits: () => true,
  run: async (stage) => {
    await stage.start();
    const [source = '', ...targets] = stage.roots;
    return stage.timed(async () => {
      writeFileSync(join(source, 'page.html'), 'hello');
      stage.running().changed?.(['page.html']);
      await stage.until(targets.map((target) => hasSize(join(target, 'page.html'), 5)));
      return [{ name: 'files', value: 1, unit: 'n' }];
    });
  },
};

test('runs real processes, counts what they send, and finds the trees identical', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-bench-test-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const result = await runOne(oneFile, createRawCopy(), scale, directory);
  assert.equal(result.problem, null);
  assert.deepEqual(result.figures, [{ name: 'files', value: 1, unit: 'n' }]);
  assert.ok((result.usage?.wireBytes ?? 0) > 10, 'bytes on the wire');
  assert.ok((result.usage?.peakRssMiB ?? 0) > 10, 'memory');
});

test('reports trees that did not end identical', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-bench-test-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const untold: Workload = {
    ...oneFile,
    run: async (stage) => {
      await stage.start();
      writeFileSync(join(stage.roots[0] ?? '', 'untold.html'), 'nobody was told');
      return [];
    },
  };
  const result = await runOne(untold, createRawCopy(), scale, directory);
  assert.equal(result.problem, 'untold.html is missing');
});
