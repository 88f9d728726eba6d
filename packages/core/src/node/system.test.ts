import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it, type TestContext } from 'node:test';
import { sleep } from '../ports/clock.js';
import { systemClock } from './clock.js';
import { systemRandom } from './random.js';

/** The clock's own timers keep nothing alive, so a test that awaits one holds on to the event loop itself. */
function stayAlive(t: TestContext): void {
  const hold = setInterval(() => undefined, 1_000);
  t.after(() => clearInterval(hold));
}

describe('system clock', () => {
  it('runs a task once its delay is over, and not when it was cancelled', async (t) => {
    stayAlive(t);
    systemClock.after(1, () => assert.fail('it was cancelled'))();
    const startMs = systemClock.now();
    await sleep(systemClock, 5);
    assert.ok(systemClock.now() - startMs >= 4);
  });

  it('takes a delay that is longer than a timer of Node can be', async (t) => {
    stayAlive(t);
    t.after(systemClock.after(2 ** 40, () => assert.fail('it ran at once')));
    await sleep(systemClock, 5);
  });

  it('never keeps a process alive', () => {
    const clock = new URL('clock.js', import.meta.url).href;
    const script = `import { systemClock } from '${clock}'; systemClock.after(60_000, () => undefined);`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
  });
});

describe('system random', () => {
  it('gives fractions from 0 up to 1 and identities of 32 hex digits', () => {
    const fractions = Array.from({ length: 200 }, () => systemRandom.fraction());
    assert.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
    assert.ok(Math.max(...fractions) > 0.5 && Math.min(...fractions) < 0.5);
    const ids = Array.from({ length: 200 }, () => systemRandom.id());
    assert.equal(new Set(ids).size, 200);
    assert.ok(ids.every((id) => /^[0-9a-f]{32}$/.test(id)));
  });
});
