import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  createReplicaEvents,
  SyncError,
  type Hint,
  type Log,
  type ObserveReport,
  type Replica,
} from '@lockstep/core';
import { createFakeClock, fileKey, liveEntry, tombstone, type FakeClock } from '@lockstep/core/testing';
import { createObserver, type Observer } from './observer.js';

type Answer = (hints: readonly Hint[]) => Partial<ObserveReport> | Promise<Partial<ObserveReport>>;

interface Bench {
  readonly clock: FakeClock;
  readonly observer: Observer;
  readonly calls: (readonly Hint[])[];
  readonly scanned: string[];
  readonly lines: string[];
  answer: Answer;
}

function bench(t: TestContext): Bench {
  const clock = createFakeClock();
  const calls: (readonly Hint[])[] = [];
  const scanned: string[] = [];
  const lines: string[] = [];
  const made = { answer: (() => ({})) as Answer };
  const nothing = { recorded: [], missing: [], changing: [] };
  const part: Partial<Replica> = {
    events: createReplicaEvents(),
    whyIgnored: ({ path }) => (path.endsWith('.db') ? 'Skipping file due to excluded extension' : null),
    observe: async (hints) => {
      calls.push(hints);
      return { ...nothing, ...(await made.answer(hints)) };
    },
    scan: (folder) => {
      scanned.push(folder);
      const scan = { folder, files: 0, skipped: [], unreadable: [], rootPresent: true, ms: 1 };
      return Promise.resolve({ ...nothing, ...scan });
    },
  };
  const write = (line: string): void => void lines.push(line);
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const observer = createObserver({
    replica: part as Replica,
    clock,
    log,
    deleteWaitMs: 300,
    maxDelayMs: 500,
  });
  t.after(() => observer.close());
  return Object.assign(made, { clock, observer, calls, scanned, lines });
}

const paths = (hints: readonly Hint[] | undefined): string[] => (hints ?? []).map(({ path }) => path);

describe('The observer', () => {
  it('looks at a hinted file as soon as it rests', async (t) => {
    const { clock, observer, calls } = bench(t);
    observer.hint('static', 'page.html');
    await clock.advanceAsync(14);
    assert.equal(calls.length, 0);
    await clock.advanceAsync(1);
    assert.deepEqual(calls, [[{ ...fileKey('static', 'page.html'), confirmed: false, live: true }]]);
  });

  it('looks once at a file that is hinted many times', async (t) => {
    const { clock, observer, calls } = bench(t);
    for (let at = 0; at < 50; at += 1) observer.hint('static', 'page.html');
    await clock.advanceAsync(500);
    assert.equal(calls.length, 1);
    assert.equal(observer.counters.hints, 50);
    assert.equal(observer.counters.looked, 1);
  });

  it('hands many files over in slices, so that delivery begins before the last is hashed', async (t) => {
    const { clock, observer, calls } = bench(t);
    for (let at = 0; at < 600; at += 1) observer.hint('static', `f${at}`);
    await clock.advanceAsync(20);
    assert.deepEqual(
      calls.map((hints) => hints.length),
      [250, 250, 100],
    );
  });

  it('scans a folder in which too much changes at once', async (t) => {
    const { clock, observer, calls, scanned } = bench(t);
    for (let at = 0; at < 6_000; at += 1) observer.hint('static', `f${at}`);
    await clock.advanceAsync(2_000);
    assert.deepEqual(scanned, ['static']);
    assert.equal(calls.length, 0);
  });

  it('leaves out what the rules exclude, and says so', async (t) => {
    const { clock, observer, calls, lines } = bench(t);
    observer.hint('instance', 'app.db');
    await clock.advanceAsync(500);
    assert.equal(calls.length, 0);
    assert.deepEqual(lines, ['Skipping file due to excluded extension: app.db']);
    assert.equal(observer.counters.skipped, 1);
  });

  it('leaves out a name that cannot travel, and says why', async (t) => {
    const { clock, observer, calls, lines } = bench(t);
    observer.hint('static', 'bad\\name');
    await clock.advanceAsync(500);
    assert.equal(calls.length, 0);
    assert.match(lines[0] ?? '', /backslash/u);
  });

  it('looks twice at a missing file before it counts as deleted', async (t) => {
    const made = bench(t);
    made.answer = ([hint]) => (hint?.confirmed === false ? { missing: [fileKey('static', 'gone')] } : {});
    made.observer.hint('static', 'gone');
    await made.clock.advanceAsync(400);
    assert.deepEqual(
      made.calls.map(([hint]) => hint?.confirmed),
      [false, true],
    );
  });

  it('looks again after 80 ms when the file went alone', async (t) => {
    const made = bench(t);
    made.answer = ([hint]) => (hint?.confirmed === false ? { missing: [fileKey('static', 'd/gone')] } : {});
    made.observer.hint('static', 'd/gone');
    made.observer.hint('static', 'e/other');
    await made.clock.advanceAsync(100);
    assert.equal(made.calls.at(-1)?.[0]?.confirmed, true);
  });

  for (const [what, name] of [
    ['a temporary file', 'd/.page.html.swp'],
    ['the 4913 of vim', 'd/4913'],
    ['a backup', 'd/page.html~'],
    ['another file', 'd/other.html'],
    ['a name that cannot travel', 'd/bad\\name'],
  ] as const) {
    it(`waits the full time when ${what} was made beside it`, async (t) => {
      const made = bench(t);
      made.answer = (hints) => ({
        missing: hints.filter(({ path, confirmed }) => path === 'd/page.html' && !confirmed),
      });
      made.observer.hint('static', name);
      await made.clock.advanceAsync(200);
      made.observer.hint('static', 'd/page.html');
      await made.clock.advanceAsync(300);
      assert.ok(made.calls.flat().every(({ confirmed }) => !confirmed));
      await made.clock.advanceAsync(50);
      assert.equal(made.calls.at(-1)?.[0]?.confirmed, true);
    });
  }

  it('confirms a deleted tree in one piece', async (t) => {
    const made = bench(t);
    made.answer = (hints) => (hints[0]?.confirmed === false ? { missing: hints } : {});
    for (let at = 0; at < 700; at += 1) made.observer.hint('static', `d/f${at}`);
    await made.clock.advanceAsync(1_000);
    assert.equal(made.calls.at(-1)?.length, 700);
    assert.ok(made.calls.at(-1)?.every(({ confirmed }) => confirmed));
  });

  it('does not count a file as deleted that an editor wrote anew', async (t) => {
    const made = bench(t);
    made.answer = ([hint]) => (made.calls.length === 1 && hint ? { missing: [hint] } : {});
    made.observer.hint('static', 'page.html');
    made.observer.hint('static', 'page.db');
    await made.clock.advanceAsync(100);
    made.observer.hint('static', 'page.html');
    await made.clock.advanceAsync(2_000);
    assert.deepEqual(
      made.calls.map(([hint]) => hint?.confirmed),
      [false, false],
    );
  });

  it('does not count it as deleted either when the editor left nothing beside it', async (t) => {
    const made = bench(t);
    made.answer = ([hint]) => (made.calls.length === 1 && hint ? { missing: [hint] } : {});
    made.observer.hint('static', 'page.html');
    await made.clock.advanceAsync(90);
    made.observer.hint('static', 'page.html');
    await made.clock.advanceAsync(2_000);
    assert.deepEqual(
      made.calls.map(([hint]) => hint?.confirmed),
      [false, false],
    );
  });

  it('says of a file whether only its name was told of', async (t) => {
    const { clock, observer, calls } = bench(t);
    observer.hint('static', 'named', true);
    observer.hint('static', 'written', true);
    observer.hint('static', 'written');
    await clock.advanceAsync(50);
    assert.deepEqual(
      calls.flat().map(({ path, nameOnly }) => [path, nameOnly]),
      [
        ['named', true],
        ['written', undefined],
      ],
    );
  });

  it('does not look again at a missing file that was recorded as the former name of another', async (t) => {
    const made = bench(t);
    let finish = (): void => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    made.answer = async ([hint]) => {
      if (hint?.path === 'old') return { missing: [hint, fileKey('static', 'gone')] };
      if (hint?.path === 'new') await slow;
      return { recorded: hint?.path === 'new' ? [tombstone({ ...fileKey('static', 'old') })] : [] };
    };
    made.observer.hint('static', 'old');
    await made.clock.advanceAsync(50);
    made.observer.hint('static', 'new');
    await made.clock.advanceAsync(2_000);
    finish();
    await made.clock.advanceAsync(0);
    assert.deepEqual(paths(made.calls.at(-1)), ['gone']);
    assert.equal(made.calls.at(-1)?.[0]?.confirmed, true);
    assert.equal(made.observer.pending, 0);
  });

  it('records what is new before what is gone, so that a move is no deletion', async (t) => {
    const made = bench(t);
    let finish = (): void => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    made.answer = async ([hint]) => {
      if (hint?.path === 'old') return { missing: [hint] };
      if (hint?.path === 'new') await slow;
      return {};
    };
    made.observer.hint('static', 'old');
    await made.clock.advanceAsync(50);
    made.observer.hint('static', 'new');
    await made.clock.advanceAsync(2_000);
    assert.equal(made.calls.length, 2);
    finish();
    await made.clock.advanceAsync(0);
    assert.equal(made.calls.at(-1)?.[0]?.confirmed, true);
  });

  it('looks again, later each time, at a file that changes while it is read', async (t) => {
    const made = bench(t);
    const atMs: number[] = [];
    made.answer = ([hint]) => {
      atMs.push(made.clock.now());
      return atMs.length < 9 && hint ? { changing: [hint] } : {};
    };
    made.observer.hint('static', 'growing');
    await made.clock.advanceAsync(2_000);
    const rests = atMs.slice(1).map((ms, at) => ms - (atMs[at] ?? 0));
    assert.equal(rests.length, 8);
    assert.deepEqual(
      rests,
      [...rests].sort((a, b) => a - b),
    );
    assert.ok((rests[7] ?? 0) > (rests[0] ?? 0));
  });

  it('looks again when the index could not be written', async (t) => {
    const made = bench(t);
    made.answer = () => {
      if (made.calls.length === 1) throw new SyncError('DISK_FULL', 'No space for the index.');
      return {};
    };
    made.observer.hint('static', 'page.html');
    await made.clock.advanceAsync(2_000);
    assert.deepEqual(made.calls.map(paths), [['page.html'], ['page.html']]);
  });

  it('counts what was recorded', async (t) => {
    const made = bench(t);
    made.answer = () => ({ recorded: [liveEntry('x')] });
    made.observer.hint('static', 'page.html');
    await made.clock.advanceAsync(100);
    assert.equal(made.observer.counters.recorded, 1);
  });

  it('can be emptied at once: everything hinted before was looked at, deletions too', async (t) => {
    const made = bench(t);
    made.answer = ([hint]) => (hint?.confirmed === false && hint.path === 'gone' ? { missing: [hint] } : {});
    made.observer.hint('static', 'gone');
    made.observer.hint('static', 'page.html');
    let drained = false;
    const draining = made.observer.drain().then(() => (drained = true));
    await made.clock.advanceAsync(0);
    await made.clock.advanceAsync(0);
    assert.deepEqual(made.calls.map(paths), [['gone', 'page.html']]);
    assert.equal(drained, false);
    await made.clock.advanceAsync(400);
    await draining;
    assert.deepEqual(paths(made.calls.at(-1)), ['gone']);
  });

  it('does nothing more after it was closed', async (t) => {
    const { clock, observer, calls } = bench(t);
    observer.hint('static', 'page.html');
    await observer.close();
    observer.hint('static', 'other.html');
    await clock.advanceAsync(5_000);
    assert.equal(calls.length, 0);
    assert.equal(await observer.scan('static'), null);
    assert.equal(clock.pending, 0);
  });
});
