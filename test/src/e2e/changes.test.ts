import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { after, describe } from 'node:test';
import { eventually, sharedFleet, type Fleet } from '../harness/index.js';

/** Waits until this path has this content (null: is absent) on every server. */
async function everywhere(fleet: Fleet, path: string, content: string | null): Promise<void> {
  await eventually(async () => {
    for (const { name, files } of fleet.servers) {
      const found = await files.find(path);
      if (found !== content) return `${name} has ${JSON.stringify(found?.slice(0, 80))} at ${path}`;
    }
    return true;
  });
}

describe('three servers keep in step', () => {
  const fleet = sharedFleet(3);
  after(() => fleet.close());

  for (const writer of [0, 1, 2]) {
    fleet.test(`a file created, changed and deleted on server ${writer + 1} is so on all`, async (fleet) => {
      const { files } = fleet.at(writer);
      const path = `instance/by-${writer}/notes.txt`;
      await files.write(path, 'first');
      await everywhere(fleet, path, 'first');
      await files.write(path, 'second');
      await everywhere(fleet, path, 'second');
      await files.remove(path);
      await everywhere(fleet, path, null);
    });
  }

  fleet.test('all three folders are kept, with mode and mtime to the millisecond', async (fleet) => {
    const { files } = fleet.at(0);
    for (const folder of ['instance', 'templates', 'static']) {
      await files.write(`${folder}/kept/page.html`, `in ${folder}`);
      await chmod(files.at(`${folder}/kept/page.html`), 0o640);
      await utimes(files.at(`${folder}/kept/page.html`), 1_700_000_000.123, 1_700_000_000.123);
    }
    await fleet.equal();
    const found = await stat(fleet.at(2).files.at('static/kept/page.html'));
    assert.equal(found.mode & 0o777, 0o640);
    assert.equal(found.mtime.getTime(), 1_700_000_000_123);
  });

  fleet.test('a change of mode alone arrives, and so does a change of mtime alone', async (fleet) => {
    const { files } = fleet.at(1);
    await files.write('static/attributes.txt', 'same content');
    await fleet.equal();
    await chmod(files.at('static/attributes.txt'), 0o600);
    await fleet.equal();
    assert.equal((await stat(fleet.at(0).files.at('static/attributes.txt'))).mode & 0o777, 0o600);
    await utimes(files.at('static/attributes.txt'), 1_600_000_000, 1_600_000_000);
    await fleet.equal();
    assert.equal((await stat(fleet.at(0).files.at('static/attributes.txt'))).mtimeMs, 1_600_000_000_000);
  });

  fleet.test(
    'names with spaces, emoji, quotes, percent signs or a leading dash travel, and so does an empty file',
    async (fleet) => {
      const { files } = fleet.at(0);
      const names = [
        'two words.txt',
        '🚢 harbour.txt',
        '-rf',
        'it\'s "quoted".txt',
        '100%25.txt',
        'ünï/cödé.txt',
        `${'n'.repeat(255)}`,
      ];
      for (const name of names) await files.write(`static/names/${name}`, `content of ${name}`);
      await files.write('static/names/empty', '');
      for (const name of names) await everywhere(fleet, `static/names/${name}`, `content of ${name}`);
      await everywhere(fleet, 'static/names/empty', '');
      await fleet.equal();
    },
  );

  fleet.test('a deleted folder is deleted on all, and its siblings stay', async (fleet) => {
    const { files } = fleet.at(2);
    for (let i = 0; i < 10; i++) await files.write(`instance/doomed/deep/er/${i}.txt`, `${i}`);
    await files.write('instance/doomed-not/keep.txt', 'keep');
    await fleet.equal();
    await files.remove('instance/doomed');
    await eventually(async () => !(await fleet.at(0).files.exists('instance/doomed')));
    await fleet.equal();
    await everywhere(fleet, 'instance/doomed-not/keep.txt', 'keep');
  });

  fleet.test(
    'an atomic save (write beside, rename over) arrives without the temporary file',
    async (fleet) => {
      const { files } = fleet.at(0);
      await files.write('templates/atomic.html', 'one');
      await everywhere(fleet, 'templates/atomic.html', 'one');
      await files.write('templates/atomic.html.tmp', 'two');
      await rename(files.at('templates/atomic.html.tmp'), files.at('templates/atomic.html'));
      await everywhere(fleet, 'templates/atomic.html', 'two');
      assert.equal(await fleet.at(1).files.exists('templates/atomic.html.tmp'), false);
    },
  );

  fleet.test(
    'a save in the way of vim (rename away, write anew) never deletes the file elsewhere',
    async (fleet) => {
      const { files } = fleet.at(0);
      await files.write('templates/edited.html', 'version 0');
      await everywhere(fleet, 'templates/edited.html', 'version 0');
      for (let version = 1; version <= 5; version++) {
        await rename(files.at('templates/edited.html'), files.at('templates/edited.html~'));
        await files.write('templates/edited.html', `version ${version}`);
        await files.remove('templates/edited.html~');
        await everywhere(fleet, 'templates/edited.html', `version ${version}`);
      }
      await fleet.settled();
      for (const server of fleet.servers.slice(1)) {
        const { activity } = await server.status();
        const deletions = activity.filter(
          ({ kind, path }) => kind === 'deleted-here' && path?.startsWith('edited.html'),
        );
        assert.deepEqual(deletions, []);
      }
    },
  );

  fleet.test('a rewrite with the same size and the old mtime is noticed', async (fleet) => {
    const { files } = fleet.at(1);
    await files.write('instance/stealth.txt', 'aaaa');
    await everywhere(fleet, 'instance/stealth.txt', 'aaaa');
    const { atime, mtime } = await stat(files.at('instance/stealth.txt'));
    await files.write('instance/stealth.txt', 'bbbb');
    await utimes(files.at('instance/stealth.txt'), atime, mtime);
    await everywhere(fleet, 'instance/stealth.txt', 'bbbb');
  });

  fleet.test('a file becomes a folder and a file again', async (fleet) => {
    const { files } = fleet.at(0);
    await files.write('instance/shape', 'file');
    await everywhere(fleet, 'instance/shape', 'file');
    await files.remove('instance/shape');
    await files.write('instance/shape/inner.txt', 'in a folder');
    await everywhere(fleet, 'instance/shape/inner.txt', 'in a folder');
    await files.remove('instance/shape');
    await files.write('instance/shape', 'file again');
    await everywhere(fleet, 'instance/shape', 'file again');
    await fleet.equal();
  });

  fleet.test('git checkout between two commits arrives as the tree of the commit', async (fleet) => {
    const { files } = fleet.at(0);
    const repository = files.at('static/repository');
    await mkdir(repository, { recursive: true });
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...args], {
        cwd: repository,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    git('init', '--quiet');
    for (let i = 0; i < 60; i++) await files.write(`static/repository/page-${i}.html`, `old ${i}`);
    git('add', '.');
    git('commit', '--quiet', '--message', 'old');
    for (let i = 0; i < 30; i++) await files.write(`static/repository/page-${i}.html`, `new ${i}`);
    for (let i = 60; i < 75; i++) await files.write(`static/repository/more/page-${i}.html`, `new ${i}`);
    for (let i = 55; i < 60; i++) await files.remove(`static/repository/page-${i}.html`);
    git('add', '--all');
    git('commit', '--quiet', '--message', 'new');
    await everywhere(fleet, 'static/repository/more/page-74.html', 'new 74');
    git('checkout', '--quiet', 'HEAD~1');
    await everywhere(fleet, 'static/repository/more/page-74.html', null);
    await everywhere(fleet, 'static/repository/page-0.html', 'old 0');
    await everywhere(fleet, 'static/repository/page-59.html', 'old 59');
    git('checkout', '--quiet', '-');
    await everywhere(fleet, 'static/repository/page-0.html', 'new 0');
    await everywhere(fleet, 'static/repository/page-59.html', null);
    assert.equal(await fleet.at(1).files.exists('static/repository/.git'), false);
    await files.remove('static/repository/.git');
    await fleet.equal();
  });

  fleet.test('what is excluded stays where it is: databases, temporaries, links, secrets', async (fleet) => {
    const { files } = fleet.at(0);
    const excluded = [
      'app.db',
      'app.sqlite3-wal',
      'draft.tmp',
      '.env',
      '.env.local',
      'module.pyc',
      'node_modules/x.js',
      '.git/HEAD',
      '.hidden',
    ];
    for (const name of excluded) await files.write(`instance/excluded/${name}`, 'stays');
    await writeFile(files.at('instance/target.txt'), 'target');
    await symlink('target.txt', files.at('instance/excluded/link.txt'));
    await files.write('instance/excluded/.htaccess', 'travels');
    await everywhere(fleet, 'instance/excluded/.htaccess', 'travels');
    for (const name of [...excluded, 'link.txt']) {
      assert.equal(await fleet.at(1).files.exists(`instance/excluded/${name}`), false, `${name} travelled`);
    }
    await files.remove('instance/excluded');
  });
});
