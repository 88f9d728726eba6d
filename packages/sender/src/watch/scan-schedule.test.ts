import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ScanReport } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import { createScanSchedule } from './scan-schedule.js';

function bench(tookMs: number) {
  const clock = createFakeClock();
  const startedMs: number[] = [];
  const open: (() => void)[] = [];
  const scan = async (): Promise<ScanReport> => {
    startedMs.push(clock.now());
    await new Promise<void>((resolve) => {
      open.push(resolve);
      clock.after(tookMs, resolve);
    });
    return { ...report, skipped: [{ path: 'app.db', reason: 'why', size: 1 }] };
  };
  return { clock, startedMs, scans: createScanSchedule({ clock, maxRestMs: 300_000, scan }) };
}

const report: ScanReport = {
  folder: 'static',
  files: 3,
  skipped: [],
  unreadable: [],
  rootPresent: true,
  ms: 1,
  recorded: [],
  missing: [],
  changing: [],
};

describe('Verification scans', () => {
  const rests = [
    { tookMs: 10, restMs: 60_000, why: 'a minute at least' },
    { tookMs: 200, restMs: 200_000, why: 'a thousandth of one core' },
    { tookMs: 10_000, restMs: 300_000, why: 'five minutes at most' },
  ];
  for (const { tookMs, restMs, why } of rests) {
    it(`that take ${tookMs} ms rest ${restMs / 1000} s: ${why}`, async () => {
      const { clock, scans, startedMs } = bench(tookMs);
      void scans.now();
      await clock.advanceAsync(tookMs);
      assert.equal(scans.times.nextMs, clock.now() + restMs);
      await clock.advanceAsync(restMs - 1);
      assert.equal(startedMs.length, 1);
      await clock.advanceAsync(1);
      assert.equal(startedMs.length, 2);
      scans.close();
    });
  }

  it('take over when events do not arrive: twenty times their duration apart', async () => {
    const { clock, scans, startedMs } = bench(100);
    scans.setPolling(true);
    void scans.now();
    await clock.advanceAsync(100);
    await clock.advanceAsync(2_000);
    assert.equal(startedMs.length, 2);
    scans.setPolling(false);
    await clock.advanceAsync(100);
    await clock.advanceAsync(59_000);
    assert.equal(startedMs.length, 2);
    scans.close();
  });

  it('never run twice at once; whoever asks meanwhile shares the next one', async () => {
    const { clock, scans, startedMs } = bench(100);
    const first = scans.now();
    const second = scans.now();
    const third = scans.now();
    await clock.advanceAsync(99);
    assert.equal(startedMs.length, 1);
    await clock.advanceAsync(101);
    await Promise.all([first, second, third]);
    assert.equal(startedMs.length, 2);
    scans.close();
  });

  it('keep what people want to know of the last one', async () => {
    const { clock, scans } = bench(5);
    void scans.now();
    await clock.advanceAsync(5);
    assert.deepEqual(scans.last, {
      folder: 'static',
      files: 3,
      skippedCount: 1,
      skipped: [{ path: 'app.db', reason: 'why', size: 1 }],
      unreadable: [],
    });
    assert.equal(scans.times.tookMs, 5);
    scans.close();
  });

  it('end when they are closed', async () => {
    const { clock, scans } = bench(5);
    void scans.now();
    await clock.advanceAsync(5);
    scans.close();
    assert.equal(clock.pending, 0);
    assert.equal(await scans.now(), null);
  });
});
