import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LiveEntry } from '../model/entry.js';
import { isSyncError, SyncError } from '../model/error.js';
import type { FileKey } from '../model/path.js';
import type { IndexStore } from '../ports/index-store.js';
import { silentLog } from '../ports/log.js';
import { digestOf, fileKey, liveEntry, versionOf } from '../testing/entries.js';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.js';
import { createFakeDisk, type FakeDisk } from '../testing/fake-disk.js';
import { createMemoryIndex, type MemoryIndex } from '../testing/memory-index.js';
import { createSeededRandom } from '../testing/seeded-random.js';
import { createWork } from '../work/index.js';
import { createReplica } from './create-replica.js';
import type { Incoming, Replica } from './replica.js';
import { isStaged } from './staged.js';

const random = createSeededRandom('recover');
const root = '/srv/static';
const page = fileKey('static', 'page.html');
const other = fileKey('static', 'other.html');

interface Machine {
  readonly clock: FakeClock;
  readonly disk: FakeDisk;
  readonly index: MemoryIndex;
}

/** A replica on a disk in memory; `room` says how many transactions still fit. */
interface Bench extends Machine {
  readonly replica: Replica;
  room: number;
}

async function open(machine: Machine = newMachine()): Promise<Bench> {
  const { clock, disk, index } = machine;
  const bench = { ...machine, room: Infinity };
  const work = createWork({
    ...{ disk, random, clock, archive: '/state/archive' },
    places: [{ folder: 'static', root, staging: '/state/staging' }],
  });
  const limited: IndexStore = {
    ...index,
    get isFresh() {
      return index.isFresh;
    },
    transact(write, options) {
      bench.room -= 1;
      if (bench.room < 0) throw new SyncError('DISK_FULL', 'The disk is full.');
      return index.transact(write, options);
    },
  };
  const replica = await createReplica({
    ...{
      node: 'a',
      folders: ['static'],
      rootOf: () => root,
      maxFileBytes: 1_000,
      patterns: [],
      cacheBytes: 0,
    },
    ...{
      archiveBounds: { maxAgeMs: 1e9, maxBytes: 1e9, maxRows: 100 },
      index: limited,
      work,
      clock,
      log: silentLog,
    },
  });
  return Object.assign(bench, { replica });
}

function newMachine(): Machine {
  const clock = createFakeClock();
  const disk = createFakeDisk({ clock, random });
  for (const path of [root, '/state/staging', '/state/archive']) disk.user.mkdir(path);
  return { clock, disk, index: createMemoryIndex({ node: 'a', random, clock }) };
}

async function save(bench: Bench, file: FileKey, content: string): Promise<void> {
  bench.disk.user.writeFile(`${root}/${file.path}`, content);
  await bench.replica.observe([{ ...file, confirmed: false, live: true }]);
}

/** A version of another server that has seen the one here. */
async function incoming({ replica, index }: Bench, file: FileKey, content: string): Promise<Incoming> {
  const known = index.get(file)?.entry.version ?? new Map<string, number>();
  const entry = liveEntry(content, { ...file, version: new Map([...known, ['b', 7]]), modifiedBy: 'b' });
  const bytes = Buffer.from(content);
  const [staged] = await replica.staging.stage([{ folder: 'static', digest: entry.digest, bytes }]);
  assert.ok(staged && isStaged(staged));
  return { entry, staged };
}

function rowOf({ index }: Bench, file: FileKey): { entry: LiveEntry; learnedFrom: string | null } {
  const row = index.get(file);
  assert.equal(row?.entry.state, 'live');
  return { entry: row.entry, learnedFrom: row.learnedFrom };
}

const isFull = (error: unknown): boolean => isSyncError(error, 'DISK_FULL');

/** A change of server b is on the disk, and its record did not fit into the index. */
async function commitWithoutRecord(bench: Bench): Promise<void> {
  await bench.replica.scan('static');
  await save(bench, page, 'old');
  const change = await incoming(bench, page, 'new');
  bench.room = 0;
  await assert.rejects(bench.replica.receive([change], 'b'), isFull);
  assert.equal(bench.disk.user.readText(`${root}/page.html`), 'new');
  bench.room = Infinity;
}

describe('A commit that could not be recorded', () => {
  it('is recorded as the change of the peer that it is when the watcher reports it', async () => {
    const bench = await open();
    await commitWithoutRecord(bench);

    await bench.replica.observe([{ ...page, confirmed: false, live: true }]);

    const { entry, learnedFrom } = rowOf(bench, page);
    assert.equal(learnedFrom, 'b');
    assert.equal(entry.version.get('b'), 7);
    assert.deepEqual(
      bench.index.archive.list().map(({ path, digest }) => [path, digest]),
      [['page.html', digestOf('old')]],
    );
  });

  it('is recorded before the next decision about its path', async () => {
    const bench = await open();
    await commitWithoutRecord(bench);

    const verdicts = await bench.replica.receive(
      [{ entry: liveEntry('new', { ...page, version: versionOf({ b: 7 }) }) }],
      'b',
    );

    assert.deepEqual(verdicts, [{ status: 'settled', applied: 'nothing' }]);
    assert.equal(rowOf(bench, page).learnedFrom, 'b');
  });

  it('does not come from a failure of another file in its batch', async () => {
    const bench = await open();
    await bench.replica.scan('static');
    await save(bench, page, 'old');
    await save(bench, other, 'old');
    const batch = [await incoming(bench, page, 'new'), await incoming(bench, other, 'new too')];
    bench.disk.user.writeFile(`${root}/other.html`, 'an edit that nobody has observed');
    bench.room = 1;

    await assert.rejects(bench.replica.receive(batch, 'b'), isFull);

    assert.equal(rowOf(bench, page).learnedFrom, 'b');
    assert.deepEqual(
      bench.index.archive.list().map(({ digest }) => digest),
      [digestOf('old')],
    );
  });
});

describe('A large batch', () => {
  const files = Array.from({ length: 250 }, (_, n) => fileKey('static', `${n}.html`));

  async function openWithBatch(): Promise<{ bench: Bench; batch: Incoming[] }> {
    const bench = await open();
    await bench.replica.scan('static');
    const batch: Incoming[] = [];
    for (const file of files) batch.push(await incoming(bench, file, `new ${file.path}`));
    return { bench, batch };
  }

  it('is recorded in turns, durable as a whole when it is answered, and told of once', async () => {
    const { bench, batch } = await openWithBatch();
    const told: number[] = [];
    bench.replica.events.on('recorded', ({ entries }) => told.push(entries.length));
    let turns = 0;
    let isAnswered = false;
    const count = (): void => {
      turns += 1;
      if (!isAnswered) setImmediate(count);
    };
    setImmediate(count);
    bench.room = 3;

    const verdicts = await bench.replica.receive(batch, 'b');

    isAnswered = true;
    assert.ok(verdicts.every(({ status }) => status === 'settled'));
    assert.deepEqual([bench.room, bench.index.unflushed, told], [0, 0, [250]]);
    assert.ok(turns >= 6, `${turns} turns of the event loop`);
  });

  it('whose record broke off is recorded as the change of the peer that it is', async () => {
    const { bench, batch } = await openWithBatch();
    bench.room = 1;
    await assert.rejects(bench.replica.receive(batch, 'b'), isFull);
    assert.equal(bench.index.rows('static').length, 100);
    bench.room = Infinity;
    await bench.replica.scan('static');
    assert.deepEqual(
      files.filter((file) => rowOf(bench, file).learnedFrom !== 'b'),
      [],
    );
  });
});

describe('What was observed', () => {
  it('is flushed before the file goes to the archive, so that a power cut leaves a record of it', async () => {
    const bench = await open();
    await bench.replica.scan('static');
    await save(bench, page, 'observed without a flush');
    assert.equal(bench.index.unflushed, 1);
    const unflushed: number[] = [];
    bench.disk.onWrite = ({ operation, path }) => {
      if (operation === 'link' && path.startsWith('/state/archive/')) unflushed.push(bench.index.unflushed);
    };

    await bench.replica.receive([await incoming(bench, page, 'new')], 'b');

    assert.deepEqual(unflushed, [0]);
  });
});

describe('After a crash between a commit and its record', () => {
  async function crash(): Promise<Bench> {
    const bench = await open();
    await commitWithoutRecord(bench);
    bench.clock.advance(3_600_000);
    return open({
      clock: bench.clock,
      disk: bench.disk.crash({ powerCut: false }),
      index: bench.index.crash(),
    });
  }

  it('a scan brings the content that was replaced back into the list of the archive', async () => {
    const bench = await crash();
    await bench.replica.scan('static');
    const [row] = bench.index.archive.list();
    assert.equal(row?.digest, digestOf('old'));
    await bench.replica.restore(row.id);
    assert.equal(bench.disk.user.readText(`${root}/page.html`), 'old');
  });

  it('what is found counts from its mtime, also when a hint comes before the first scan', async () => {
    const bench = await crash();
    await bench.replica.observe([{ ...page, confirmed: false, live: true }]);
    const { entry } = rowOf(bench, page);
    assert.equal(entry.digest, digestOf('new'));
    assert.ok(entry.modifiedMs < bench.clock.now() - 3_000_000);
  });

  it('the archive gets no record of what a user replaced', async () => {
    const bench = await open();
    await bench.replica.scan('static');
    await save(bench, page, 'old');
    bench.disk.user.writeFile(`${root}/page.html`, 'new');
    await bench.replica.scan('static');
    assert.deepEqual(bench.index.archive.list(), []);
  });
});
