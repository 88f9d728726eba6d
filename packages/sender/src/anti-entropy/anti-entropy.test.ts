import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { silentLog, type Entry, type Hello, type IndexStore } from '@lockstep/core';
import { fileKey, liveEntry, tombstone, versionOf } from '@lockstep/core/testing';
import { createLoopBench, type LoopBench } from '../testing/loop-bench.js';
import { createAntiEntropy, type AntiEntropy } from './anti-entropy.js';
import { findDifferences } from './find-differences.js';

async function differences(index: IndexStore, theirs: readonly Entry[]) {
  return await findDifferences({
    index,
    cursor: index.lastSequence(),
    page: (since) =>
      Promise.resolve({
        indexId: 'theirs',
        entries: since === 0 ? theirs.slice(0, 2) : theirs.slice(2),
        refused: [],
        next: since === 0 && theirs.length > 2 ? 1 : null,
      }),
    isCancelled: () => false,
  });
}

const entry = (path: string, version: Record<string, number>, content = 'x'): Entry =>
  liveEntry(content, { ...fileKey('static', path), version: versionOf(version) });

function indexOf(t: TestContext, entries: readonly Entry[]): IndexStore {
  const { index, close } = createLoopBench();
  t.after(close);
  for (const each of entries) index.put({ entry: each, stamp: null, learnedFrom: null, recordedMs: 1 });
  return index;
}

describe('Two indexes', () => {
  const rows: readonly {
    what: string;
    ours: Entry[];
    theirs: Entry[];
    offered: string[];
    newerThere: number;
  }[] = [
    {
      what: 'that agree',
      ours: [entry('a', { a: 1 })],
      theirs: [entry('a', { a: 1 })],
      offered: [],
      newerThere: 0,
    },
    {
      what: 'when a file is missing there',
      ours: [entry('a', { a: 1 })],
      theirs: [],
      offered: ['a'],
      newerThere: 0,
    },
    {
      what: 'when a file is missing here',
      ours: [],
      theirs: [entry('a', { b: 1 })],
      offered: [],
      newerThere: 1,
    },
    {
      what: 'when a file is newer here',
      ours: [entry('a', { a: 2 })],
      theirs: [entry('a', { a: 1 })],
      offered: ['a'],
      newerThere: 0,
    },
    {
      what: 'when a file is newer there',
      ours: [entry('a', { a: 1 })],
      theirs: [entry('a', { a: 2 })],
      offered: [],
      newerThere: 1,
    },
    {
      what: 'when both edited a file',
      ours: [entry('a', { a: 2, b: 1 })],
      theirs: [entry('a', { a: 1, b: 2 })],
      offered: ['a'],
      newerThere: 0,
    },
    {
      what: 'when one version stands for two contents',
      ours: [entry('a', { a: 1 }, 'one')],
      theirs: [entry('a', { a: 1 }, 'two')],
      offered: ['a'],
      newerThere: 0,
    },
    {
      what: 'when a file was deleted here that lives there',
      ours: [tombstone({ ...fileKey('static', 'a'), version: versionOf({ a: 2 }) })],
      theirs: [entry('a', { a: 1 })],
      offered: ['a'],
      newerThere: 0,
    },
    {
      what: 'when the peer never heard of a deleted file',
      ours: [tombstone({ ...fileKey('static', 'a') })],
      theirs: [],
      offered: [],
      newerThere: 0,
    },
    {
      what: 'of several pages',
      ours: ['a', 'b', 'c', 'd'].map((path) => entry(path, { a: 1 })),
      theirs: ['a', 'b', 'c'].map((path) => entry(path, { a: 1 })),
      offered: ['d'],
      newerThere: 0,
    },
  ];
  for (const { what, ours, theirs, offered, newerThere } of rows) {
    it(`${what}: ${offered.length} offered, ${newerThere} expected`, async (t) => {
      const found = await differences(indexOf(t, ours), theirs);
      assert.deepEqual(
        found.ours.map(({ path }) => path),
        offered,
      );
      assert.equal(found.theirs, newerThere);
    });
  }
});

describe('Anti-entropy', () => {
  interface Met extends LoopBench {
    readonly antiEntropy: AntiEntropy;
  }

  async function met(t: TestContext): Promise<Met> {
    const made: { antiEntropy?: AntiEntropy; bench?: LoopBench } = {};
    const onHeartbeat = (hello: Hello): void => {
      if (made.bench) made.antiEntropy?.heard(made.bench.loop, hello);
    };
    const bench = createLoopBench({ overrides: { onHeartbeat } });
    const antiEntropy = createAntiEntropy({ index: bench.index, clock: bench.clock, log: silentLog });
    made.bench = bench;
    made.antiEntropy = antiEntropy;
    t.after(() => bench.close());
    bench.loop.start();
    await bench.pass(0);
    return { ...bench, antiEntropy };
  }

  it('offers again what a peer lost without knowing', async (t) => {
    const { put, pass, peer } = await met(t);
    put('page.html', 'hello');
    await pass(500);
    peer.files.clear();
    await pass(60_000);
    assert.equal(peer.files.get('static\0page.html'), 'hello');
  });

  it('asks for no index while both agree', async (t) => {
    const { put, pass, peer, index } = await met(t);
    put('page.html', 'hello');
    let asked = 0;
    const page = peer.indexPage.bind(peer);
    peer.indexPage = (...args) => {
      asked += 1;
      return page(...args);
    };
    peer.identity = { ...peer.identity, liveDigest: index.liveDigest() };
    await pass(3_600_000);
    assert.equal(asked, 0);
  });

  it('rests ten minutes after a comparison that changed nothing', async (t) => {
    const { pass, peer } = await met(t);
    peer.identity = { ...peer.identity, liveDigest: 'f'.repeat(32) };
    let asked = 0;
    const page = peer.indexPage.bind(peer);
    peer.indexPage = (...args) => {
      asked += 1;
      return page(...args);
    };
    await pass(3_600_000);
    assert.ok(asked >= 5 && asked <= 7, `${asked} comparisons in an hour`);
  });
});
