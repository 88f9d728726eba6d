import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError } from '../model/error.js';
import { diskContract } from './disk-contract.js';
import { createFakeClock } from './fake-clock.js';
import { createFakeDisk, DiskGone, type FakeDisk } from './fake-disk.js';
import { createSeededRandom } from './seeded-random.js';

function emptyDisk(seed = 1, capacityBytes?: number): FakeDisk {
  const clock = createFakeClock();
  const random = createSeededRandom(seed);
  const disk = createFakeDisk({ clock, random, ...(capacityBytes === undefined ? {} : { capacityBytes }) });
  disk.user.mkdir('/app');
  return disk;
}

diskContract('the fake disk', () => {
  const disk = emptyDisk();
  return { disk, root: '/app', user: disk.user };
});

/** What is found at a path after power cuts with a hundred seeds. */
async function survivors(
  prepare: (disk: FakeDisk) => Promise<void>,
  path: string,
): Promise<Set<string | null>> {
  const found = new Set<string | null>();
  for (let seed = 0; seed < 100; seed += 1) {
    const disk = emptyDisk(seed);
    await prepare(disk);
    found.add(disk.crash().user.readText(path));
  }
  return found;
}

async function write(disk: FakeDisk, path: string, text: string, sync: boolean): Promise<void> {
  const writer = await disk.create(path);
  await writer.write(Buffer.from(text));
  if (sync) await writer.sync();
  await writer.close();
}

describe('a power cut on the fake disk', () => {
  it('may take a new file, empty it or cut it when nothing was flushed', async () => {
    const found = await survivors((disk) => write(disk, '/app/a', 'text', false), '/app/a');
    assert.ok(
      [null, '', 'te', 'text'].every((outcome) => found.has(outcome)),
      [...found].join('|'),
    );
  });

  it('may take the name of a file whose content was flushed, but never a part of the content', async () => {
    const found = await survivors((disk) => write(disk, '/app/a', 'text', true), '/app/a');
    assert.deepEqual(found, new Set([null, 'text']));
  });

  it('leaves what was flushed with its directory', async () => {
    const prepare = async (disk: FakeDisk): Promise<void> => {
      await write(disk, '/app/a', 'text', true);
      await disk.syncDirectory('/app');
    };
    assert.deepEqual(await survivors(prepare, '/app/a'), new Set(['text']));
  });

  it('keeps changes of names in their order within a directory', async () => {
    const prepare = async (disk: FakeDisk): Promise<void> => {
      await write(disk, '/app/a', 'first', true);
      await write(disk, '/app/b', 'second', true);
    };
    for (let seed = 0; seed < 100; seed += 1) {
      const disk = emptyDisk(seed);
      await prepare(disk);
      const after = disk.crash().user;
      assert.ok(after.readText('/app/b') === null || after.readText('/app/a') === 'first', `seed ${seed}`);
    }
  });

  it('never loses a file in the middle of a rename between directories', async () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const disk = emptyDisk(seed);
      disk.user.writeFile('/app/from/a', 'text');
      disk.user.mkdir('/app/to');
      await disk.rename('/app/from/a', '/app/to/a');
      const { user } = disk.crash();
      const places = [user.readText('/app/from/a'), user.readText('/app/to/a')];
      assert.deepEqual(
        places.filter((text) => text === 'text').length,
        1,
        `seed ${seed}: ${places.join('|')}`,
      );
    }
  });

  it('replays the same outcome for the same seed', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const outcomes = await Promise.all(
        [1, 2].map(async () => {
          const disk = emptyDisk(seed);
          await write(disk, '/app/a', 'some longer text', false);
          return disk.crash().user.readText('/app/a');
        }),
      );
      assert.equal(outcomes[0], outcomes[1]);
    }
  });

  it('takes nothing when only the process was killed', async () => {
    const disk = emptyDisk();
    await write(disk, '/app/a', 'text', false);
    assert.equal(disk.crash({ powerCut: false }).user.readText('/app/a'), 'text');
  });

  it('ends the disk: every later step fails with an error that is no answer', async () => {
    const disk = emptyDisk();
    disk.crash();
    await assert.rejects(disk.stat('/app'), DiskGone);
    await assert.rejects(disk.mkdir('/app/dir'), DiskGone);
  });
});

describe('the fake disk', () => {
  it('is full when more is written than fits, and has room again after a removal', async () => {
    const disk = emptyDisk(1, 6);
    await write(disk, '/app/a', '1234', false);
    await assert.rejects(write(disk, '/app/b', '5678', false), (error) => isSyncError(error, 'DISK_FULL'));
    disk.user.remove('/app');
    assert.equal(disk.usedBytes, 0);
    disk.user.mkdir('/app');
    await write(disk, '/app/c', '123456', false);
  });

  it('announces every change before it happens, and a hook can prevent it', async () => {
    const disk = emptyDisk();
    const steps: string[] = [];
    disk.onWrite = ({ operation, path }) => {
      steps.push(`${operation} ${path}`);
      if (operation === 'rename') throw new RangeError('stop here');
    };
    await write(disk, '/app/a', 'x', true);
    await assert.rejects(disk.rename('/app/a', '/app/b'), RangeError);
    assert.deepEqual(steps, ['create /app/a', 'write /app/a', 'sync /app/a', 'rename /app/b']);
    assert.equal(disk.user.readText('/app/a'), 'x');
  });

  it('does not tell changes apart within the granularity of an older kernel', async () => {
    const clock = createFakeClock(1_700_000_000_000);
    const disk = createFakeDisk({ clock, random: createSeededRandom(1), ctimeGranularityMs: 4 });
    disk.user.writeFile('/a', 'one', { mtimeMs: 5 });
    const before = await disk.stat('/a');
    clock.advance(3);
    disk.user.writeFile('/a', 'two', { mtimeMs: 5, inPlace: true });
    assert.equal((await disk.stat('/a'))?.stamp, before?.stamp);
    clock.advance(1);
    disk.user.writeFile('/a', 'six', { mtimeMs: 5, inPlace: true });
    assert.notEqual((await disk.stat('/a'))?.stamp, before?.stamp);
  });
});
