import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { silentLog, SyncError, type Replica, type ScanReport } from '@lockstep/core';
import { createFakeClock, createSeededRandom, type FakeClock } from '@lockstep/core/testing';
import { eventually } from '../testing/eventually.js';
import { createFolderWatch, type FolderWatch } from './folder-watch.js';
import type { Observer } from './observer.js';
import { probePrefix } from './probe.js';
import type { WatchHandlers, Watcher } from './watcher.js';

interface FakeWatcher extends Watcher {
  unarmed: () => readonly string[];
  readonly handlers: WatchHandlers | undefined;
  readonly closed: boolean;
}

interface Bench {
  readonly clock: FakeClock;
  readonly watch: FolderWatch;
  readonly watchers: FakeWatcher[];
  readonly hints: string[];
  readonly warnings: string[];
  scans: number;
  identity: string | null;
  refuse: SyncError | null;
  /** Whether the file system reports the probe. */
  hearing: boolean;
  /** Whether the root cannot be looked at. */
  blind: boolean;
}

function bench(t: TestContext, options: { usePolling?: boolean } = {}): Bench {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-folder-'));
  const clock = createFakeClock();
  const state = {
    scans: 0,
    identity: '1:1' as string | null,
    refuse: null as SyncError | null,
    hearing: true,
    blind: false,
  };
  const watchers: FakeWatcher[] = [];
  const hints: string[] = [];
  const warnings: string[] = [];
  const probeName = createProbeNames();
  const createWatcher = (): Watcher => {
    const watcher = {
      handlers: undefined as WatchHandlers | undefined,
      closed: false,
      start: (_root: string, handlers: WatchHandlers) => {
        if (state.refuse !== null) return Promise.reject(state.refuse);
        watcher.handlers = handlers;
        return Promise.resolve();
      },
      unarmed: (): readonly string[] => [],
      close: () => {
        watcher.closed = true;
        return Promise.resolve();
      },
    };
    watchers.push(watcher);
    return watcher;
  };
  const part: Partial<Replica> = {
    rootIdentity: () => Promise.resolve(state.identity),
    rootOf: () => root,
    ignoreSpec: () => spec,
  };
  const observer: Partial<Observer> = {
    hint: (_folder, path) => void hints.push(path),
    scan: () => {
      state.scans += 1;
      return Promise.resolve(report);
    },
  };
  const watch = createFolderWatch({
    folder: 'static',
    replica: part as Replica,
    observer: observer as Observer,
    createWatcher,
    rootIdentity: () =>
      state.blind ? Promise.reject(new Error('no look')) : Promise.resolve(state.identity),
    clock,
    random: createSeededRandom('probe'),
    log: { ...silentLog, warn: (line) => void warnings.push(line) },
    usePolling: options.usePolling ?? false,
    scanIntervalMs: 300_000,
  });
  const reporter = setInterval(() => {
    if (state.hearing) watchers.at(-1)?.handlers?.onHint(probeName(watchers.length));
  }, 1);
  t.after(async () => {
    clearInterval(reporter);
    await watch.close();
    rmSync(root, { recursive: true, force: true });
  });
  return Object.assign(state, { clock, watch, watchers, hints, warnings });
}

/** The names that the seeded probe takes, one per watcher. */
function createProbeNames(): (count: number) => string {
  const random = createSeededRandom('probe');
  const names: string[] = [];
  return (count) => {
    while (names.length < count) names.push(probePrefix + random.id());
    return names[count - 1] ?? '';
  };
}

const spec = { patterns: [], syncignore: {}, maxFileBytes: 1e8 };
const report: ScanReport = {
  folder: 'static',
  files: 0,
  skipped: [],
  unreadable: [],
  rootPresent: true,
  ms: 1,
  recorded: [],
  missing: [],
  changing: [],
};

describe('A watched folder', () => {
  it('is listened to first and scanned then, so that nothing falls between', async (t) => {
    const { watch, watchers, scans } = bench(t);
    assert.equal(scans, 0);
    await watch.start();
    assert.equal(watchers.length, 1);
    assert.ok(watch.status.scan.lastMs !== null || watchers[0]?.handlers !== undefined);
    assert.equal(watch.status.mode, 'events');
  });

  it('hands its hints on', async (t) => {
    const { watch, watchers, hints } = bench(t);
    await watch.start();
    watchers[0]?.handlers?.onHint('page.html');
    assert.deepEqual(hints, ['page.html']);
  });

  it('that cannot be looked at is started by a further call, once', async (t) => {
    const made = bench(t);
    made.blind = true;
    await assert.rejects(made.watch.start(), /no look/u);
    made.blind = false;
    await made.watch.start();
    await made.watch.start();
    assert.deepEqual([made.watchers.length, made.watch.status.mode], [1, 'events']);
  });

  it('is scanned when the watcher is in doubt', async (t) => {
    const made = bench(t);
    await made.watch.start();
    await made.clock.advanceAsync(0);
    const before = made.scans;
    made.watchers[0]?.handlers?.onDoubt();
    await made.clock.advanceAsync(0);
    assert.equal(made.scans, before + 1);
  });

  it('does not watch directories that are left out', async (t) => {
    const { watch, watchers } = bench(t);
    await watch.start();
    assert.equal(watchers[0]?.handlers?.skipsDirectory('node_modules'), true);
    assert.equal(watchers[0]?.handlers?.skipsDirectory('images'), false);
  });

  it('is watched anew when its root is another directory', async (t) => {
    const made = bench(t);
    await made.watch.start();
    await made.clock.advanceAsync(0);
    const before = made.scans;
    made.identity = '1:2';
    await made.clock.advanceAsync(1_000);
    assert.equal(made.watchers.length, 2);
    assert.equal(made.watchers[0]?.closed, true);
    assert.ok(made.scans > before);
  });

  it('is named missing while its root is gone, and watched again when it is back', async (t) => {
    const made = bench(t);
    await made.watch.start();
    made.identity = null;
    await made.clock.advanceAsync(1_000);
    assert.equal(made.watch.status.mode, 'missing');
    assert.match(made.warnings[0] ?? '', /missing/u);
    made.identity = '1:3';
    await made.clock.advanceAsync(1_000);
    assert.equal(made.watch.status.mode, 'events');
    assert.equal(made.watchers.at(-1)?.closed, false);
  });

  it('is polled when the probe is not heard', async (t) => {
    const made = bench(t);
    made.hearing = false;
    await made.watch.start();
    await eventually(
      () => readdirSync(tmpdir()).length > 0 && made.clock.pending > 1,
      () => 'no probe',
    );
    await made.clock.advanceAsync(2_000);
    await eventually(
      () => made.watch.status.mode === 'polling',
      () => 'it still listens',
    );
    assert.match(made.watch.status.reason ?? '', /reports no changes/u);
    assert.equal(made.watchers[0]?.closed, true);
    const before = made.scans;
    await made.clock.advanceAsync(1_100);
    assert.ok(made.scans > before);
  });

  it('is polled when the system gives no more watches', async (t) => {
    const made = bench(t);
    await made.watch.start();
    const message = 'The system gives no more watches (ENOSPC).';
    made.watchers[0]?.handlers?.onTrouble({ kind: 'limit', code: 'STORAGE_FAILED', message });
    assert.equal(made.watch.status.mode, 'polling');
    assert.equal(made.watch.status.reason, message);
    assert.equal(made.warnings.length, 1);
  });

  it('is polled when it cannot be watched', async (t) => {
    const made = bench(t);
    made.refuse = new SyncError('STORAGE_FAILED', 'No watcher here.');
    await made.watch.start();
    assert.equal(made.watch.status.mode, 'polling');
    assert.equal(made.watch.status.reason, 'No watcher here.');
  });

  it('is polled when that is asked for, without a warning', async (t) => {
    const made = bench(t, { usePolling: true });
    await made.watch.start();
    assert.equal(made.watch.status.mode, 'polling');
    assert.equal(made.watchers.length, 0);
    assert.deepEqual(made.warnings, []);
  });

  it('hears nothing of a watcher that was replaced', async (t) => {
    const made = bench(t);
    await made.watch.start();
    await made.watch.renew();
    made.watchers[0]?.handlers?.onHint('late.html');
    assert.deepEqual(made.hints, []);
  });

  it('hints the directories that are not armed yet when all is to be observed', async (t) => {
    const made = bench(t);
    await made.watch.start();
    const before = made.scans;
    const [watcher] = made.watchers;
    assert.ok(watcher);
    watcher.unarmed = () => ['uploads', 'new/deep'];
    await made.watch.drain();
    assert.deepEqual([made.hints, made.scans], [['uploads', 'new/deep'], before]);
    watcher.unarmed = () => [''];
    await made.watch.drain();
    assert.equal(made.scans, before + 1);
  });

  it('is scanned when all is to be observed and no event tells of it', async (t) => {
    const made = bench(t, { usePolling: true });
    await made.watch.start();
    await made.clock.advanceAsync(0);
    const before = made.scans;
    await made.watch.drain();
    assert.equal(made.scans, before + 1);
  });

  it('leaves no timer behind when it is closed', async (t) => {
    const made = bench(t);
    await made.watch.start();
    await eventually(
      () => made.clock.pending === 2,
      () => 'the probe is not heard',
    );
    await made.watch.close();
    assert.equal(made.clock.pending, 0);
    assert.equal(made.watchers[0]?.closed, true);
  });
});
