import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fileKey } from '../testing/entries.js';
import { createCoalescer, defaultCoalescerOptions, type Coalescer } from './coalesce.js';
import { createPathHeat } from './path-heat.js';

const page = fileKey('static', 'page.html');
const log = fileKey('instance', 'chat.txt');

/** Hints `page` every `everyMs` for `forMs`, asking for what is due as a timer would; gives the times it was taken. */
function takenTimes(coalescer: Coalescer, everyMs: number, forMs: number): number[] {
  const taken: number[] = [];
  for (let nowMs = 0; nowMs <= forMs; nowMs++) {
    if (nowMs % everyMs === 0) coalescer.hint(page, nowMs);
    if (coalescer.due(nowMs).files.length > 0) taken.push(nowMs);
  }
  return taken;
}

describe('hints', () => {
  it('let a single save leave after 15 ms of quiet, and once', () => {
    const coalescer = createCoalescer();
    for (const nowMs of [1000, 1001, 1002]) coalescer.hint(page, nowMs);
    assert.equal(coalescer.nextDueMs(), 1017);
    assert.deepEqual(coalescer.due(1016), { files: [], folders: [] });
    assert.deepEqual(coalescer.due(1017), { files: [page], folders: [] });
    assert.deepEqual(coalescer.due(5000), { files: [], folders: [] });
    assert.equal(coalescer.nextDueMs(), null);
  });

  it('tell of a name only when all of them did, and none after a file changed while it was read', () => {
    const coalescer = createCoalescer();
    for (const kinds of [
      [true, true],
      [true, false],
      [false, true],
    ]) {
      for (const isNameOnly of kinds) coalescer.hint(page, 0, isNameOnly);
      const isName = kinds.every((isNameOnly) => isNameOnly);
      assert.deepEqual(coalescer.due(10_000).files, [isName ? { ...page, nameOnly: true } : page]);
    }
    coalescer.hint(page, 20_000, true);
    coalescer.changing(page, 20_000);
    assert.deepEqual(coalescer.due(30_000).files, [page]);
  });

  it('keep paths and folders apart', () => {
    const coalescer = createCoalescer();
    const namesake = { ...page, folder: 'templates' };
    coalescer.hint(page, 0);
    coalescer.hint(namesake, 5);
    assert.equal(coalescer.size, 2);
    assert.deepEqual(coalescer.due(15).files, [page]);
    assert.deepEqual(coalescer.due(20).files, [namesake]);
    assert.equal(coalescer.size, 0);
  });

  it('never wait longer than 500 ms, however often the path changes', () => {
    assert.deepEqual(takenTimes(createCoalescer(), 1, 1400), [500, 1001]);
  });

  it('let a chatty log leave about twice a second, whatever its rhythm', () => {
    for (const everyMs of [5, 20, 60, 120, 200]) {
      const taken = takenTimes(createCoalescer(), everyMs, 20_000);
      assert.ok(taken.length <= 45, `${taken.length} in 20 s, a line every ${everyMs} ms`);
      assert.ok(taken.length >= 30, `${taken.length} in 20 s, a line every ${everyMs} ms`);
    }
  });

  it('let saves more than a quarter of a second apart leave at once, each of them', () => {
    const taken = takenTimes(createCoalescer(), 300, 3000);
    assert.deepEqual(taken, [15, 315, 615, 915, 1215, 1515, 1815, 2115, 2415, 2715]);
  });

  it('let a path that was chatty leave at once again after a calm second or two', () => {
    const coalescer = createCoalescer();
    takenTimes(coalescer, 40, 5000);
    coalescer.due(6000);
    coalescer.hint(page, 7000);
    assert.equal(coalescer.nextDueMs(), 7015);
  });

  it('do not let a chatty path slow down the others', () => {
    const coalescer = createCoalescer();
    for (let nowMs = 0; nowMs < 300; nowMs += 3) coalescer.hint(log, nowMs);
    coalescer.hint(page, 300);
    coalescer.hint(log, 310);
    assert.deepEqual(coalescer.due(315).files, [page]);
  });
});

describe('a file that changes while it is read', () => {
  it('waits a quarter of the time for which it has been changing, 15 ms at least and 250 at most', () => {
    const coalescer = createCoalescer();
    coalescer.hint(page, 0);
    const waits: number[] = [];
    let nowMs = 15;
    for (let round = 0; round < 16; round++) {
      assert.deepEqual(coalescer.due(nowMs).files, [page]);
      coalescer.changing(page, nowMs);
      const next = coalescer.nextDueMs() ?? 0;
      waits.push(next - nowMs);
      nowMs = next;
    }
    assert.deepEqual(waits, [15, 15, 15, 15, 19, 24, 30, 37, 47, 58, 73, 91, 114, 142, 178, 222]);
  });

  it('is taken 15 ms after the hint that ends a long change, not after the long wait', () => {
    const coalescer = createCoalescer();
    coalescer.hint(page, 0);
    coalescer.due(15);
    coalescer.changing(page, 400);
    assert.equal(coalescer.nextDueMs(), 500);
    coalescer.hint(page, 490);
    assert.equal(coalescer.nextDueMs(), 505);
  });

  it('waits for the later of the two when a hint came before the failed read was known', () => {
    const coalescer = createCoalescer();
    coalescer.hint(page, 0);
    coalescer.due(15);
    coalescer.hint(page, 16);
    coalescer.changing(page, 17);
    assert.equal(coalescer.nextDueMs(), 16 + 30);
    coalescer.changing(page, 40);
    assert.equal(coalescer.nextDueMs(), 40 + 15);
  });
});

describe('a flood of hints', () => {
  const flood = (coalescer: Coalescer, count: number, nowMs: number): void => {
    for (let index = 0; index < count; index++) coalescer.hint(fileKey('static', `f${index}`), nowMs);
  };

  it('of 5,000 paths in one folder stays 5,000 paths', () => {
    const coalescer = createCoalescer();
    flood(coalescer, 5000, 0);
    const { files, folders } = coalescer.due(15);
    assert.equal(files.length, 5000);
    assert.deepEqual(folders, []);
  });

  it('above 5,000 becomes one hint for the folder, given when it was quiet for 250 ms', () => {
    const coalescer = createCoalescer();
    flood(coalescer, 5001, 0);
    coalescer.hint(log, 0);
    assert.equal(coalescer.size, 2);
    assert.deepEqual(coalescer.due(15), { files: [log], folders: [] });
    flood(coalescer, 1, 200);
    assert.deepEqual(coalescer.due(449), { files: [], folders: [] });
    assert.equal(coalescer.nextDueMs(), 450);
    assert.deepEqual(coalescer.due(450), { files: [], folders: ['static'] });
    assert.equal(coalescer.size, 0);
  });

  it('that does not end is given after 2 s all the same', () => {
    const coalescer = createCoalescer();
    flood(coalescer, 5001, 0);
    for (let nowMs = 0; nowMs < 2000; nowMs += 100) {
      coalescer.hint(page, nowMs);
      assert.deepEqual(coalescer.due(nowMs).folders, []);
    }
    assert.deepEqual(coalescer.due(2000).folders, ['static']);
  });

  it('leaves the next change of the folder an ordinary hint', () => {
    const coalescer = createCoalescer();
    flood(coalescer, 5001, 0);
    coalescer.due(250);
    coalescer.hint(page, 300);
    assert.deepEqual(coalescer.due(315), { files: [page], folders: [] });
  });
});

describe('a clock that steps back', () => {
  it('makes everything due at once instead of a day later', () => {
    const coalescer = createCoalescer();
    coalescer.hint(page, 86_400_000);
    coalescer.hint(log, 1000);
    assert.equal(coalescer.nextDueMs(), 1000);
    assert.equal(coalescer.due(1001).files.length, 2);
  });
});

describe('the memory of chatty paths', () => {
  it('is bounded, and forgets the one hinted longest ago', () => {
    const heat = createPathHeat(15, 250);
    heat.begin('first', 0);
    heat.begin('second', 0);
    for (let index = 0; index < 4095; index++) heat.begin(`p${index}`, 1);
    assert.equal(heat.size, 4096);
    assert.equal(heat.begin('second', 2), 30);
    assert.equal(heat.begin('first', 2), 15);
  });
});

describe('whatever is hinted, in any rhythm,', () => {
  type Step = readonly [file: 'f0' | 'f1' | 'f2' | 'f3', afterMs: number, isChanging: boolean];
  const steps: fc.Arbitrary<readonly Step[]> = fc.array(
    fc.tuple(fc.constantFrom('f0', 'f1', 'f2', 'f3'), fc.nat({ max: 120 }), fc.boolean()),
    { maxLength: 60 },
  );

  it('is taken after its last hint, after 15 ms of quiet or more, and within 500 ms (its folder within 2 s)', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(2, 5000), (given, maxPending) => {
        const coalescer = createCoalescer({ ...defaultCoalescerOptions, maxPending });
        const untaken = new Map<string, { firstMs: number; lastMs: number }>();
        let nowMs = 0;

        const take = (untilMs: number): void => {
          for (
            let dueMs = coalescer.nextDueMs();
            dueMs !== null && dueMs <= untilMs;
            dueMs = coalescer.nextDueMs()
          ) {
            const { files, folders } = coalescer.due(dueMs);
            assert.ok(files.length + folders.length > 0, 'nextDueMs is exact');
            const taken = folders.length > 0 ? [...untaken.keys()] : files.map(({ path }) => path);
            for (const path of taken) {
              const { firstMs, lastMs } = untaken.get(path) ?? assert.fail(`${path} was taken twice`);
              const waitedMs = dueMs - firstMs;
              assert.ok(waitedMs <= (folders.length > 0 ? 2500 : 500), `waited ${waitedMs} ms`);
              assert.ok(
                dueMs - lastMs >= 15 || waitedMs >= 500,
                `taken ${dueMs - lastMs} ms after its last hint`,
              );
              untaken.delete(path);
            }
          }
        };

        for (const [name, afterMs, isChanging] of given) {
          take(nowMs + afterMs);
          nowMs += afterMs;
          const file = fileKey('static', name);
          if (isChanging) coalescer.changing(file, nowMs);
          else coalescer.hint(file, nowMs);
          untaken.set(name, { firstMs: untaken.get(name)?.firstMs ?? nowMs, lastMs: nowMs });
        }
        take(Number.POSITIVE_INFINITY);
        assert.deepEqual([...untaken.keys()], []);
        assert.equal(coalescer.size, 0);
      }),
      { numRuns: 500 },
    );
  });
});
