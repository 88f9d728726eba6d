import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SyncError, isSyncError } from '../model/error.js';
import type { Disk } from '../ports/disk.js';
import type { SeenFile, Work } from '../ports/work.js';
import { createFakeClock } from '../testing/fake-clock.js';
import { createFakeDisk, type FakeDisk, type WriteStep } from '../testing/fake-disk.js';
import { createSeededRandom } from '../testing/seeded-random.js';
import {
  archiveIn,
  commitOne,
  digestOf,
  fileAt,
  listAll,
  look,
  lookAtFile,
  noRules,
  placesIn,
  planDelete,
  planWrite,
  stageText,
  textsIn,
} from '../testing/work-contract/harness.js';
import { createWork } from './create-work.js';

const base = '/app';

function open(wrap: (disk: FakeDisk) => Disk = (disk) => disk): { disk: FakeDisk; work: Work } {
  const clock = createFakeClock();
  const random = createSeededRandom('race');
  const disk = createFakeDisk({ clock, random });
  for (const directory of ['static', 'templates', 'outside']) disk.user.mkdir(`${base}/${directory}`);
  disk.user.mkdir(archiveIn(base));
  return {
    disk,
    work: createWork({ disk: wrap(disk), places: placesIn(base), archive: archiveIn(base), random, clock }),
  };
}

/** Does `act` once, before the step with this number. Gives that step once it was reached. */
function beforeStep(disk: FakeDisk, number: number, act: () => void): () => WriteStep | null {
  let count = 0;
  let reached: WriteStep | null = null;
  disk.onWrite = (step) => {
    count += 1;
    if (count !== number) return;
    reached = step;
    act();
  };
  return () => reached;
}

describe('a commit while somebody swaps a parent for a link', () => {
  it('touches nothing outside the folder, whenever the swap happens', async () => {
    let reached = true;
    let swaps = 0;
    for (let number = 1; reached; number += 1) {
      const { disk, work } = open();
      const { user } = disk;
      user.writeFile(`${base}/static/dir/sub/old`, 'old');
      user.writeFile(`${base}/static/dir/sub/gone`, 'gone');
      user.writeFile(`${base}/outside/sub/old`, 'outside');
      user.writeFile(`${base}/outside/sub/gone`, 'outside');
      const old: SeenFile[] = [await lookAtFile(work, 'dir/sub/old'), await lookAtFile(work, 'dir/sub/gone')];
      const plans = [
        await planWrite(work, 'dir/sub/old', 'new', old[0]),
        await planWrite(work, 'dir/sub/more/created', 'created'),
        {
          do: 'touch',
          file: fileAt('dir/sub/gone'),
          expected: old[1]?.stamp ?? '',
          mode: 0o600,
          mtimeMs: 5,
        } as const,
        planDelete('dir/sub/gone', old[1] ?? null),
      ];
      const before = [...user.files(`${base}/outside`)];
      const stepOf = beforeStep(disk, number, () => {
        user.rename(`${base}/static/dir`, `${base}/aside`);
        user.symlink(`${base}/outside`, `${base}/static/dir`);
      });
      await work.commit(plans);
      reached = stepOf() !== null;
      if (reached) swaps += 1;
      assert.deepEqual([...user.files(`${base}/outside`)], before, `swapped before step ${number}`);
      assert.deepEqual(user.directories(`${base}/outside`), ['sub'], `swapped before step ${number}`);
    }
    assert.ok(swaps > 15, `only ${swaps} swaps were tried`);
  });
});

describe('a commit while a user writes', () => {
  it('loses no edit, unless it falls between the last look and the very rename or removal', async () => {
    let step: WriteStep | null = null;
    let saves = 0;
    for (let number = 1; number === 1 || step !== null; number += 1) {
      const { disk, work } = open();
      const { user } = disk;
      const paths = ['known', 'created', 'deleted'];
      user.writeFile(`${base}/static/known`, 'known');
      user.writeFile(`${base}/static/deleted`, 'known too');
      const plans = [
        await planWrite(work, 'known', 'incoming', await lookAtFile(work, 'known')),
        await planWrite(work, 'created', 'incoming'),
        planDelete('deleted', await lookAtFile(work, 'deleted')),
      ];
      const stepOf = beforeStep(disk, number, () => {
        for (const path of paths) user.writeFile(`${base}/static/${path}`, `edit of ${path}`);
      });
      await work.commit(plans);
      step = stepOf();
      if (step === null) break;
      saves += 1;
      const { operation, path } = step;
      const lost = paths.filter((at) => user.readText(`${base}/static/${at}`) !== `edit of ${at}`);
      const allowed =
        (operation === 'rename' && path.endsWith('/known')) ||
        (operation === 'remove' && path.endsWith('/deleted'));
      assert.ok(
        lost.every((at) => allowed && path.endsWith(`/${at}`)),
        `lost ${lost.join()} before ${operation} ${path}`,
      );
    }
    assert.ok(saves > 8, `only ${saves} moments were tried`);
  });

  it('gives a stamp that no scan will find when the new file was written to at once', async () => {
    const { disk, work } = open((inner) => ({
      ...inner,
      unlink: async (path) => {
        const answer = await inner.unlink(path);
        inner.user.writeFile(`${base}/static/a`, 'an edit at once', { inPlace: true });
        return answer;
      },
    }));
    const outcome = await commitOne(work, await planWrite(work, 'a', 'incoming'));
    assert.equal(outcome.done, 'committed');
    assert.notEqual(outcome.stamp, (await disk.stat(`${base}/static/a`))?.stamp);
  });

  it('makes a parent once more that a deletion beside it has just removed', async () => {
    let removed = false;
    const { disk, work } = open((inner) => ({
      ...inner,
      link: async (from, to) => {
        if (!removed) inner.user.remove(`${base}/static/dir`);
        removed = true;
        await inner.link(from, to);
      },
    }));
    disk.user.mkdir(`${base}/static/dir`);
    const outcome = await commitOne(work, await planWrite(work, 'dir/a', 'text'));
    assert.equal(outcome.done, 'committed');
    assert.deepEqual(textsIn(disk.user, `${base}/static`), { 'dir/a': 'text' });
  });
});

describe('a look while a user writes', () => {
  function openWithReads(onRead: (disk: FakeDisk) => void): ReturnType<typeof open> {
    return open((inner) => ({
      ...inner,
      openRead: async (path) => {
        const reader = await inner.openRead(path);
        return reader === null
          ? null
          : { ...reader, read: (...range) => reader.read(...range).finally(() => onRead(inner)) };
      },
    }));
  }

  it('answers that the file is changing, for small files and large ones', async () => {
    for (const size of [10, 3_000_000]) {
      const { disk, work } = openWithReads(({ user }) =>
        user.writeFile(`${base}/static/a`, 'edit', { inPlace: true }),
      );
      disk.user.writeFile(`${base}/static/a`, 'x'.repeat(size));
      assert.deepEqual(await look(work, 'a'), { kind: 'changing' });
      assert.deepEqual(await work.read([{ ...fileAt('a'), digest: digestOf('edit') }]), [null]);
    }
  });

  it('copies no mixture of two versions', async () => {
    const { disk, work } = openWithReads(({ user }) =>
      user.writeFile(`${base}/static/a`, 'edit', { inPlace: true }),
    );
    disk.user.writeFile(`${base}/static/a`, 'text');
    const copy = await work.stageCopy('static', digestOf('text'), { from: 'tree', file: fileAt('a') });
    assert.equal('failed' in copy && copy.failed, 'CONTENT_MISSING');
  });

  it('believes in a missing file only after it has entered the directories anew', async () => {
    let replaced = false;
    const { disk, work } = openWithReads(({ user }) => {
      if (replaced) return;
      replaced = true;
      user.remove(`${base}/static/dir`);
      user.writeFile(`${base}/static/dir/b`, 'new b');
    });
    disk.user.writeFile(`${base}/static/dir/a`, 'a');
    disk.user.writeFile(`${base}/static/dir/b`, 'b');
    const [, b] = await work.inspect([fileAt('dir/a'), fileAt('dir/b')], {
      maxFileBytes: 100,
      keepBytesUpTo: 0,
    });
    assert.equal(b?.kind === 'file' && b.digest, digestOf('new b'));
  });
});

describe('a disk that fails', () => {
  it('leaves nothing half written when it is full, and goes on when there is room', async () => {
    const { disk, work } = open();
    disk.capacityBytes = 10;
    const contents = ['12345', 'too much for it', '67'].map((text) => {
      return { folder: 'static', digest: digestOf(text), bytes: Buffer.from(text) };
    });
    const results = await work.stage(contents);
    assert.deepEqual(
      results.map((one) => ('failed' in one ? one.failed : 'staged')),
      ['staged', 'DISK_FULL', 'staged'],
    );
    assert.equal(disk.usedBytes, 7);
    const { id } = await work.stageOpen('static');
    await assert.rejects(work.stagePart(id, Buffer.from('too much')), (error) =>
      isSyncError(error, 'DISK_FULL'),
    );
    await work.stageAbort(id);
    assert.equal(disk.usedBytes, 7);
    const gap = await work.stageOpen('static');
    const parts = ['89', 'too much for it', 'b'].map((text) => work.stagePart(gap.id, Buffer.from(text)));
    const settled = await Promise.allSettled(parts);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
    const finished = await work.stageFinish(gap.id, null);
    assert.equal('failed' in finished && finished.failed, 'DISK_FULL');
    disk.capacityBytes = 100;
    await stageText(work, 'too much for it');
  });

  it('copies the old content where the file system has no links, and writes all the same', async () => {
    const { disk, work } = open((inner) => ({
      ...inner,
      link: () =>
        Promise.reject(new SyncError('STORAGE_FAILED', 'Could not link "a" (EXDEV): use one disk.')),
    }));
    disk.user.writeFile(`${base}/static/a`, 'old');
    const plans = [
      await planWrite(work, 'a', 'new', await lookAtFile(work, 'a')),
      await planWrite(work, 'b', 'created'),
    ];
    assert.deepEqual(
      (await work.commit(plans)).map(({ done }) => done),
      ['committed', 'committed'],
    );
    assert.deepEqual(textsIn(disk.user, `${base}/static`), { a: 'new', b: 'created' });
    assert.deepEqual(textsIn(disk.user, archiveIn(base)), { [digestOf('old')]: 'old' });
  });

  it('calls nothing committed when a directory could not be flushed', async () => {
    const { work } = open((inner) => ({
      ...inner,
      openDirectory: async (...args) => {
        const directory = await inner.openDirectory(...args);
        const sync = (): Promise<void> =>
          Promise.reject(new SyncError('STORAGE_FAILED', 'Could not sync "static" (EIO).'));
        return directory === null ? null : { ...directory, sync };
      },
    }));
    const outcome = await commitOne(work, await planWrite(work, 'a', 'text'));
    assert.equal(outcome.done === 'failed' && outcome.code, 'STORAGE_FAILED');
  });

  it('leaves no directory open after a listing, whatever it met', async () => {
    let opened = 0;
    const { disk, work } = open((inner) => ({
      ...inner,
      openDirectory: async (...args) => {
        const directory = await inner.openDirectory(...args);
        if (directory === null) return null;
        opened += 1;
        const close = (): Promise<void> => directory.close().finally(() => (opened -= 1));
        return { ...directory, close };
      },
    }));
    disk.user.writeFile(`${base}/static/dir/deep/a`, 'x');
    disk.user.writeFile(`${base}/static/closed/a`, 'x');
    disk.user.chmod(`${base}/static/closed`, 0);
    assert.equal((await listAll(work)).files, 1);
    assert.equal(opened, 0);
    const failing = work.list('static', { ignore: noRules }, () => Promise.reject(new Error('no room')));
    await assert.rejects(failing, /no room/u);
    assert.equal(opened, 0);
  });

  it('reports a directory that cannot be read, instead of an empty one', async () => {
    const { disk, work } = open();
    disk.user.writeFile(`${base}/static/dir/a`, 'x');
    disk.user.writeFile(`${base}/static/b`, 'x');
    disk.user.chmod(`${base}/static/dir`, 0);
    const listing = await listAll(work);
    assert.deepEqual(
      listing.all.map(({ path }) => path),
      ['b'],
    );
    assert.deepEqual(listing.unreadable, [{ path: 'dir', code: 'NOT_PERMITTED' }]);
    assert.equal((await look(work, 'dir/a')).kind, 'unreadable');
    disk.user.chmod(`${base}/static`, 0);
    const closed = await listAll(work);
    assert.deepEqual([closed.all, closed.unreadable], [[], [{ path: '', code: 'NOT_PERMITTED' }]]);
  });
});

describe('the sweep of a host where several processes share the staging directories', () => {
  it('leaves the files of a process that is at work, until they are a day old', async () => {
    const clock = createFakeClock();
    const disk = createFakeDisk({ clock, random: createSeededRandom(1) });
    const options = {
      disk,
      clock,
      random: createSeededRandom(2),
      places: placesIn(base),
      archive: archiveIn(base),
    };
    const isAlive = (name: string): boolean => name === '11' || name === '12';
    const [one, two, dead] = ['11', '12', '13'].map((name) =>
      createWork({ ...options, owner: { name, isAlive } }),
    );
    assert.ok(one && two && dead);
    await stageText(one, 'staged by one');
    await stageText(two, 'staged by two');
    await stageText(dead, 'staged by a process that died');
    await two.sweep();
    const staging = (): string[] => Object.values(textsIn(disk.user, `${base}/state/staging/static`));
    assert.deepEqual(staging(), ['staged by one']);
    clock.advance(86_400_000);
    await two.sweep();
    assert.deepEqual(staging(), []);
  });
});
