import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { ErrorCode } from '../model/error-catalogue.js';
import { isSyncError } from '../model/error.js';
import type { Disk } from '../ports/disk.js';
import type { DiskUser } from './fake-disk.js';

/** A disk under test, an empty directory on it, and a user beside it. */
export interface DiskBench {
  readonly disk: Disk;
  readonly root: string;
  readonly user: DiskUser;
}

const attributes = { mode: 0o640, mtimeMs: 1_700_000_000_123 };

function withCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => isSyncError(error, code);
}

/** What every disk does, the fake one and the real one. */
export function diskContract(name: string, open: (t: TestContext) => DiskBench | Promise<DiskBench>): void {
  describe(`${name} as a disk`, () => {
    it('writes, reads and describes a file', async (t) => {
      const { disk, root } = await open(t);
      const writer = await disk.create(`${root}/a`);
      await writer.write(Buffer.from('hello '));
      await writer.write(Buffer.from('world'));
      await writer.setAttributes(attributes);
      await writer.sync();
      await writer.close();
      const reader = await disk.openRead(`${root}/a`);
      assert.ok(reader);
      assert.equal(Buffer.from(await reader.read(6, 100)).toString(), 'world');
      assert.equal((await reader.read(11, 10)).length, 0);
      const own = Buffer.from('......');
      assert.equal(Buffer.from(await reader.read(8, 2, own)).toString(), 'rl');
      assert.equal(Buffer.from(await reader.read(0, 100, own.subarray(2))).toString(), 'hell');
      assert.equal(own.toString(), 'rlhell');
      const stat = await reader.stat();
      await reader.close();
      assert.deepEqual(
        { kind: stat.kind, size: stat.size, mode: stat.mode, mtimeMs: stat.mtimeMs },
        { kind: 'file', size: 11, ...attributes },
      );
      assert.deepEqual(await disk.stat(`${root}/a`), stat);
    });

    it('keeps every millisecond of an mtime', async (t) => {
      const { disk, root, user } = await open(t);
      user.writeFile(`${root}/a`, 'x');
      for (let mtimeMs = 1_700_000_000_000; mtimeMs < 1_700_000_001_000; mtimeMs += 7) {
        await disk.setAttributes(`${root}/a`, { mode: 0o644, mtimeMs });
        assert.equal((await disk.stat(`${root}/a`))?.mtimeMs, mtimeMs);
      }
    });

    it('appends to a file that is there', async (t) => {
      const { disk, root, user } = await open(t);
      user.writeFile(`${root}/a`, 'one');
      const writer = await disk.openAppend(`${root}/a`);
      await writer.write(Buffer.from(' two'));
      await writer.close();
      assert.equal(user.readText(`${root}/a`), 'one two');
      await assert.rejects(disk.openAppend(`${root}/missing`), withCode('NOT_FOUND'));
    });

    it('answers null or false for what is missing', async (t) => {
      const { disk, root } = await open(t);
      assert.equal(await disk.stat(`${root}/none`), null);
      assert.equal(await disk.list(`${root}/none`), null);
      assert.equal(await disk.openRead(`${root}/none`), null);
      assert.equal(await disk.openDirectory(`${root}/none`), null);
      assert.equal(await disk.unlink(`${root}/none`), false);
      assert.equal(await disk.rmdir(`${root}/none`), false);
      await assert.rejects(disk.rename(`${root}/none`, `${root}/a`), withCode('NOT_FOUND'));
      await assert.rejects(disk.link(`${root}/none`, `${root}/a`), withCode('NOT_FOUND'));
      await assert.rejects(disk.create(`${root}/none/a`), withCode('NOT_FOUND'));
    });

    it('refuses what another thing blocks', async (t) => {
      const { disk, root, user } = await open(t);
      user.writeFile(`${root}/file`, 'x');
      user.writeFile(`${root}/dir/inner`, 'x');
      await assert.rejects(disk.create(`${root}/file`), withCode('PATH_BLOCKED'));
      await assert.rejects(disk.create(`${root}/file/below`), withCode('PATH_BLOCKED'));
      await assert.rejects(disk.link(`${root}/dir/inner`, `${root}/file`), withCode('PATH_BLOCKED'));
      await assert.rejects(disk.copy(`${root}/dir/inner`, `${root}/file`), withCode('PATH_BLOCKED'));
      await assert.rejects(disk.rename(`${root}/file`, `${root}/dir`), withCode('PATH_BLOCKED'));
      await assert.rejects(disk.openDirectory(`${root}/file`), withCode('PATH_BLOCKED'));
      await assert.rejects(disk.unlink(`${root}/dir`), withCode('PATH_BLOCKED'));
      assert.equal(await disk.rmdir(`${root}/dir`), false);
      assert.equal(await disk.mkdir(`${root}/file`), false);
      assert.equal(user.readText(`${root}/file`), 'x');
    });

    it('renames over a file and keeps the inode', async (t) => {
      const { disk, root, user } = await open(t);
      user.writeFile(`${root}/new`, 'new');
      user.writeFile(`${root}/old`, 'old');
      const before = await disk.stat(`${root}/new`);
      await disk.rename(`${root}/new`, `${root}/old`);
      assert.equal(user.readText(`${root}/old`), 'new');
      assert.equal((await disk.stat(`${root}/old`))?.inode, before?.inode);
      assert.equal(await disk.stat(`${root}/new`), null);
    });

    it('keeps a linked file when the other name is replaced', async (t) => {
      const { disk, root, user } = await open(t);
      user.writeFile(`${root}/live`, 'old');
      user.writeFile(`${root}/staged`, 'new');
      await disk.link(`${root}/live`, `${root}/kept`);
      await disk.rename(`${root}/staged`, `${root}/live`);
      assert.equal(user.readText(`${root}/kept`), 'old');
      assert.equal(user.readText(`${root}/live`), 'new');
    });

    it('copies to a file of its own', async (t) => {
      const { disk, root, user } = await open(t);
      user.writeFile(`${root}/a`, 'content', { mode: 0o444 });
      await disk.copy(`${root}/a`, `${root}/b`);
      user.writeFile(`${root}/a`, 'changed');
      assert.equal(user.readText(`${root}/b`), 'content');
      await (await disk.openAppend(`${root}/b`)).close();
    });

    it('lists names with their kinds and makes and removes directories', async (t) => {
      const { disk, root, user } = await open(t);
      assert.equal(await disk.mkdir(`${root}/dir`), true);
      assert.equal(await disk.mkdir(`${root}/dir`), false);
      user.writeFile(`${root}/file`, 'x');
      user.symlink(`${root}/file`, `${root}/link`);
      const listed = await disk.list(root);
      assert.deepEqual(
        [...(listed ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1)),
        [
          { name: 'dir', kind: 'directory' },
          { name: 'file', kind: 'file' },
          { name: 'link', kind: 'symlink' },
        ],
      );
      assert.equal(await disk.rmdir(`${root}/dir`), true);
      await disk.syncDirectory(root);
      await disk.syncFile(`${root}/file`);
    });

    it('follows no link at the end of a path', async (t) => {
      const { disk, root, user } = await open(t);
      user.writeFile(`${root}/target`, 'secret', { mode: 0o600 });
      user.mkdir(`${root}/dir`);
      user.symlink(`${root}/target`, `${root}/link`);
      user.symlink(`${root}/dir`, `${root}/dirlink`);
      assert.equal((await disk.stat(`${root}/link`))?.kind, 'symlink');
      await assert.rejects(disk.openRead(`${root}/link`), withCode('PATH_THROUGH_LINK'));
      await assert.rejects(disk.openAppend(`${root}/link`), withCode('PATH_THROUGH_LINK'));
      await assert.rejects(disk.copy(`${root}/link`, `${root}/copy`), withCode('PATH_THROUGH_LINK'));
      await assert.rejects(disk.setAttributes(`${root}/link`, attributes), withCode('PATH_THROUGH_LINK'));
      await assert.rejects(disk.openDirectory(`${root}/dirlink`), withCode('PATH_THROUGH_LINK'));
      await assert.rejects(disk.create(`${root}/link`), withCode('PATH_BLOCKED'));
      assert.equal(await disk.unlink(`${root}/link`), true);
      assert.equal(user.readText(`${root}/target`), 'secret');
      assert.equal((await disk.stat(`${root}/target`))?.mode, 0o600);
    });

    it('enters the configured root through a link when asked', async (t) => {
      const { disk, root, user } = await open(t);
      user.writeFile(`${root}/real/a`, 'x');
      user.symlink(`${root}/real`, `${root}/current`);
      const real = await disk.openDirectory(`${root}/real`);
      const current = await disk.openDirectory(`${root}/current`, { followLink: true });
      assert.ok(real && current);
      assert.equal(await current.identity(), await real.identity());
      assert.equal((await disk.stat(`${current.path}/a`))?.size, 1);
      await real.close();
      await current.close();
    });

    it('tells a directory from the one that is made after it was removed, though that may get its inode', async (t) => {
      const { disk, root, user } = await open(t);
      const identities = new Set<string>();
      for (let round = 0; round < 3; round += 1) {
        user.mkdir(`${root}/folder`);
        const directory = await disk.openDirectory(`${root}/folder`);
        identities.add((await directory?.identity()) ?? '');
        await directory?.close();
        user.remove(`${root}/folder`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.equal(identities.size, 3);
    });

    it('reaches an open directory wherever its name leads by now', async (t) => {
      const { disk, root, user } = await open(t);
      user.mkdir(`${root}/parent`);
      user.mkdir(`${root}/outside`);
      const parent = await disk.openDirectory(`${root}/parent`);
      assert.ok(parent);
      user.rename(`${root}/parent`, `${root}/moved`);
      user.symlink(`${root}/outside`, `${root}/parent`);
      if (await parent.isCurrent()) {
        await (await disk.create(`${parent.path}/a`)).close();
        assert.equal(user.readText(`${root}/moved/a`), '');
      }
      assert.equal(user.readText(`${root}/outside/a`), null);
      await parent.sync();
      await parent.close();
    });

    it('tells a rewrite of the same size and mtime by the stamp', async (t) => {
      const { disk, root, user } = await open(t);
      user.writeFile(`${root}/a`, 'one', { mtimeMs: 1_700_000_000_000 });
      const before = await disk.stat(`${root}/a`);
      user.writeFile(`${root}/a`, 'two', { mtimeMs: 1_700_000_000_000 });
      const after = await disk.stat(`${root}/a`);
      assert.equal(after?.mtimeMs, before?.mtimeMs);
      assert.notEqual(after?.stamp, before?.stamp);
    });

    it('names no absolute path in a failure', async (t) => {
      const { disk, root } = await open(t);
      await assert.rejects(disk.rename(`${root}/secret-place/none`, `${root}/a`), (error) => {
        assert.ok(isSyncError(error));
        assert.ok(!JSON.stringify(error).includes('secret-place'), JSON.stringify(error));
        return true;
      });
    });
  });
}
