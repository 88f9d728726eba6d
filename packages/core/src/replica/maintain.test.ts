import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../ports/log.js';
import { digestOf, fileKey, tombstone, versionOf } from '../testing/entries.js';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.js';
import { createFakeDisk, type FakeDisk } from '../testing/fake-disk.js';
import { createMemoryIndex, type MemoryIndex } from '../testing/memory-index.js';
import { createSeededRandom } from '../testing/seeded-random.js';
import { createWork } from '../work/index.js';
import { createReplica } from './create-replica.js';
import type { Replica } from './replica.js';

const dayMs = 86_400_000;

interface Bench {
  readonly clock: FakeClock;
  readonly disk: FakeDisk;
  readonly index: MemoryIndex;
  readonly replica: Replica;
}

async function open(): Promise<Bench> {
  const random = createSeededRandom('maintain');
  const clock = createFakeClock();
  const disk = createFakeDisk({ clock, random });
  for (const path of ['/srv/static', '/state/staging', '/state/archive']) disk.user.mkdir(path);
  const index = createMemoryIndex({ node: 'a', random, clock });
  const places = [{ folder: 'static', root: '/srv/static', staging: '/state/staging' }];
  const replica = await createReplica({
    ...{ node: 'a', folders: ['static'], rootOf: () => '/srv/static', index, clock, log: silentLog },
    work: createWork({ disk, random, clock, archive: '/state/archive', places }),
    ...{ maxFileBytes: 1_000, patterns: [], cacheBytes: 0 },
    archiveBounds: { maxAgeMs: 7 * dayMs, maxBytes: 1e9, maxRows: 100 },
  });
  return { clock, disk, index, replica };
}

function record({ index, clock }: Bench, content: string): void {
  index.archive.add({
    ...{
      folder: 'static',
      path: fileKey('static', 'page.html').path,
      digest: digestOf(content),
      size: content.length,
    },
    ...{ mode: 0o644, mtimeMs: 1, archivedMs: clock.now(), reason: 'replaced', by: 'b' },
  });
}

function object({ disk }: Bench, content: string): string | null {
  return disk.user.readText(`/state/archive/${digestOf(content)}`);
}

describe('objects of the archive that no record names', () => {
  it('stay as long as the archive keeps anything, and are gone one run later; those with a record stay', async () => {
    const bench = await open();
    for (const content of ['orphan', 'kept'])
      bench.disk.user.writeFile(`/state/archive/${digestOf(content)}`, content);
    bench.clock.advance(6 * dayMs);
    await bench.replica.maintain();
    await bench.replica.maintain();
    assert.equal(object(bench, 'orphan'), 'orphan', 'an index that was lost takes no content with it');
    record(bench, 'kept');
    bench.clock.advance(2 * dayMs);
    assert.equal((await bench.replica.maintain()).archivedRemoved, 0);
    assert.equal((await bench.replica.maintain()).archivedRemoved, 1);
    assert.deepEqual([...bench.disk.user.files('/state/archive').keys()], [String(digestOf('kept'))]);
    assert.equal(object(bench, 'kept'), 'kept');
  });

  it('are removed one run after their last record was pruned', async () => {
    const bench = await open();
    bench.disk.user.writeFile(`/state/archive/${digestOf('old')}`, 'old');
    record(bench, 'old');
    bench.clock.advance(8 * dayMs);
    assert.equal((await bench.replica.maintain()).archivedRemoved, 0);
    assert.equal((await bench.replica.maintain()).archivedRemoved, 1);
    assert.equal(bench.disk.user.files('/state/archive').size, 0);
  });

  it('come back when they are recorded again while their last record is pruned', async () => {
    const bench = await open();
    bench.disk.user.writeFile(`/state/archive/${digestOf('old')}`, 'old');
    record(bench, 'old');
    bench.clock.advance(8 * dayMs);
    await bench.replica.maintain();
    record(bench, 'old');
    await bench.replica.maintain();
    assert.equal(object(bench, 'old'), 'old');
  });

  it('come back when a record came after they were set aside', async () => {
    const bench = await open();
    bench.disk.user.writeFile(`/state/archive/${digestOf('late')}`, 'late');
    bench.clock.advance(8 * dayMs);
    await bench.replica.maintain();
    record(bench, 'late');
    assert.equal((await bench.replica.maintain()).archivedRemoved, 0);
    assert.equal(object(bench, 'late'), 'late');
  });
});

describe('a tombstone', () => {
  function put({ index, clock }: Bench): number {
    const entry = tombstone({ ...fileKey('static', 'gone.html'), version: versionOf({ a: 5 }) });
    index.put({ entry, stamp: null, learnedFrom: null, recordedMs: clock.now() });
    return index.lastSequence();
  }

  const peer = { indexId: 'x'.repeat(32), baseline: 0, lastContactMs: null };

  it('is kept for 30 days although everybody has it, so that a server restored from a snapshot brings nothing back', async () => {
    const bench = await open();
    bench.index.peers.save({ ...peer, name: 'b', cursor: put(bench) });
    bench.clock.advance(29 * dayMs);
    assert.equal((await bench.replica.maintain()).forgotten, 0);
    bench.clock.advance(2 * dayMs);
    assert.equal((await bench.replica.maintain()).forgotten, 1);
  });

  it('is kept for 180 days while a known peer lacks it', async () => {
    const bench = await open();
    bench.index.peers.save({ ...peer, name: 'b', cursor: put(bench) });
    bench.index.peers.save({ ...peer, name: 'c', cursor: 0 });
    bench.clock.advance(179 * dayMs);
    assert.equal((await bench.replica.maintain()).forgotten, 0);
    bench.clock.advance(2 * dayMs);
    assert.equal((await bench.replica.maintain()).forgotten, 1);
  });

  it('is looked for among all rows only while there is one', async (t) => {
    const bench = await open();
    bench.index.peers.save({ ...peer, name: 'b', cursor: put(bench) });
    const read = t.mock.method(bench.index, 'after');
    bench.clock.advance(31 * dayMs);
    assert.equal((await bench.replica.maintain()).forgotten, 1);
    const reads = read.mock.callCount();
    assert.ok(reads > 0);
    await bench.replica.maintain();
    assert.equal(read.mock.callCount(), reads);
  });
});
