import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createFakeClock, createSeededRandom } from '@lockstep/core/testing';
import { eventually } from '../testing/eventually.js';
import { createProbe, probePrefix } from './probe.js';

function bench(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-probe-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const clock = createFakeClock();
  const random = createSeededRandom(7);
  return { root, clock, probe: createProbe(clock, random), name: probePrefix + createSeededRandom(7).id() };
}

describe('The probe of a folder', () => {
  it('is heard when its own event arrives, and leaves no file', async (t) => {
    const { root, probe, name } = bench(t);
    const result = probe.run(root, 2_000);
    assert.equal(probe.hear('page.html'), false);
    assert.equal(probe.hear(name), true);
    assert.equal(await result, 'heard');
    assert.deepEqual(readdirSync(root), []);
  });

  it('is silent when nothing arrives in time', async (t) => {
    const { root, clock, probe } = bench(t);
    const result = probe.run(root, 2_000);
    await eventually(
      () => clock.pending > 0,
      () => 'the probe does not wait',
    );
    await clock.advanceAsync(2_000);
    assert.equal(await result, 'silent');
  });

  it('proves nothing in a folder that takes no file', async (t) => {
    const { root, probe } = bench(t);
    assert.equal(await probe.run(join(root, 'missing'), 2_000), 'unwritable');
  });

  it('is no change of the folder, whoever’s probe it is', (t) => {
    const { probe } = bench(t);
    assert.equal(probe.hear(`${probePrefix}of-another-server`), true);
  });
});
