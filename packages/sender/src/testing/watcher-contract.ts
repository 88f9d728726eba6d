import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { eventsHeard } from '../watch/events-heard.js';
import type { CreateWatcher } from '../watch/watcher.js';
import { eventually } from './eventually.js';
import { watchPlace } from './watched-place.js';

/** Files of one burst: enough to make a naive watcher miss some. */
const burst = 5_000;

/**
 * What every watcher must hear, on a real disk. The hints drive a follower that looks at what is hinted, files and directories with all
 * below them, a moment later, as the observer does; nothing was missed when it ends up with the tree as it is.
 */
export function watcherContract(name: string, createWatcher: CreateWatcher): void {
  describe(`${name} as a watcher`, () => {
    it('hints a file that is written, overwritten, renamed and deleted', async (t) => {
      const place = await watchPlace(t, createWatcher);
      place.write('page.html', 'one');
      await place.hears('page.html');
      place.forget();
      place.write('page.html', 'two');
      await place.hears('page.html');
      place.forget();
      renameSync(place.path('page.html'), place.path('other.html'));
      await place.hears('page.html');
      await place.hears('other.html');
      place.forget();
      rmSync(place.path('other.html'));
      await place.hears('other.html');
    });

    it('hints a change of the mode alone', async (t) => {
      const place = await watchPlace(t, createWatcher, { 'run.sh': '#!/bin/sh' });
      execFileSync('chmod', ['755', place.path('run.sh')]);
      await place.hears('run.sh');
    });

    it('hints what is written at once into directories that are made at once', async (t) => {
      const place = await watchPlace(t, createWatcher);
      place.write('a/b/c/d/deep.txt', 'deep');
      await place.isFollowed();
    });

    it('hints a file written into a new directory after that was noticed', async (t) => {
      const place = await watchPlace(t, createWatcher);
      mkdirSync(place.path('later'));
      await place.hears('later');
      await place.isQuiet();
      place.write('later/file.txt', 'later');
      await place.hears('later/file.txt');
    });

    it('names a new directory until it is watched, and none that is left out', async (t) => {
      const place = await watchPlace(t, createWatcher, {}, ['node_modules']);
      mkdirSync(place.path('new'));
      mkdirSync(place.path('node_modules'));
      await eventsHeard();
      assert.deepEqual(place.unarmed(), ['new']);
      await place.isQuiet();
      assert.deepEqual(place.unarmed(), []);
      place.write('new/file.txt', 'heard');
      await place.hears('new/file.txt');
    });

    it(`misses none of ${burst} files written into one new directory`, async (t) => {
      const place = await watchPlace(t, createWatcher);
      const names = Array.from({ length: burst }, (_, at) => `flat/f${at}.txt`);
      for (const each of names) place.write(each, each);
      await place.isFollowed();
    });

    it('misses none of the files of a copied tree', async (t) => {
      const place = await watchPlace(t, createWatcher);
      const source = tree(t, 50, 20);
      cpSync(source.root, place.path('copy'), { recursive: true });
      await place.isFollowed();
    });

    it('misses none of the files of a tree copied by another process', async (t) => {
      const place = await watchPlace(t, createWatcher);
      const source = tree(t, 50, 20);
      execFileSync('cp', ['-r', source.root, place.path('copy')]);
      await place.isFollowed();
    });

    it('hints a directory that is moved in, and one that is moved out', async (t) => {
      const place = await watchPlace(t, createWatcher);
      const source = tree(t, 10, 10);
      renameSync(source.root, place.path('moved'));
      await place.isFollowed();
      place.forget();
      renameSync(place.path('moved'), source.root);
      await place.isFollowed();
    });

    it('hints files written into a directory that was moved in before', async (t) => {
      const place = await watchPlace(t, createWatcher);
      const source = tree(t, 3, 3);
      renameSync(source.root, place.path('moved'));
      await place.isFollowed();
      await place.isQuiet();
      place.forget();
      place.write(`moved/${source.files[0] ?? ''}`, 'changed');
      await place.hears(`moved/${source.files[0] ?? ''}`);
    });

    it('hints a tree that is deleted and made anew at once', async (t) => {
      const place = await watchPlace(t, createWatcher);
      const source = tree(t, 50, 20);
      cpSync(source.root, place.path('tree'), { recursive: true });
      await place.isFollowed();
      await place.isQuiet();
      place.forget();
      rmSync(place.path('tree'), { recursive: true });
      cpSync(source.root, place.path('tree'), { recursive: true });
      const news = source.files.map((file) => `tree/${dirname(file)}/new.txt`);
      for (const each of news) place.write(each, 'new');
      await place.isFollowed();
      await place.isQuiet();
      place.forget();
      for (const each of news) place.write(each, 'again');
      await place.isFollowed();
    });

    it('hints every file that git changes when it checks out another commit', async (t) => {
      const place = await watchPlace(t, createWatcher);
      const git = (...args: string[]): void => {
        const identity = [
          '-c',
          'user.name=t',
          '-c',
          'user.email=t@example.org',
          '-c',
          'commit.gpgsign=false',
        ];
        execFileSync('git', ['-C', place.path('.'), ...identity, ...args], { stdio: 'pipe' });
      };
      const names = Array.from({ length: 1_000 }, (_, at) => `d${at % 50}/f${at}.txt`);
      git('init', '-q');
      for (const each of names) place.write(each, 'first');
      git('add', '.');
      git('commit', '-qm', 'first');
      for (const each of names) place.write(each, 'second');
      git('commit', '-qam', 'second');
      await place.isFollowed();
      await place.isQuiet();
      place.forget();
      git('checkout', '-q', 'HEAD~1');
      await place.isFollowed();
    });

    it('does not hint what happens in a directory that is left out', async (t) => {
      const place = await watchPlace(t, createWatcher, {}, ['node_modules']);
      place.write('node_modules/pkg/index.js', 'left out');
      await place.hears('node_modules');
      await place.isQuiet();
      place.forget();
      place.write('node_modules/pkg/other.js', 'left out');
      place.write('marker.txt', 'the last change');
      await place.hears('marker.txt');
      assert.deepEqual(
        place.hinted().filter((path) => path.startsWith('node_modules/')),
        [],
      );
    });

    it('says nothing after it was closed', async (t) => {
      const place = await watchPlace(t, createWatcher);
      await place.close();
      place.forget();
      place.write('page.html', 'unheard');
      await new Promise((resolve) => setImmediate(resolve));
      await readable(place.path('page.html'));
      assert.deepEqual(place.hinted(), []);
    });

    it('refuses a root that is missing', async () => {
      const handlers = { onHint: ignore, onDoubt: ignore, onTrouble: ignore, skipsDirectory: () => false };
      await assert.rejects(createWatcher().start('/nowhere/at/all', handlers), { code: 'NOT_FOUND' });
    });
  });
}

const ignore = (): void => undefined;

async function readable(file: string): Promise<void> {
  await eventually(
    () => readdirSync(dirname(file)).length > 0,
    () => `${file} does not exist`,
  );
}

function tree(t: TestContext, directories: number, filesEach: number): { root: string; files: string[] } {
  const parent = mkdtempSync(join(tmpdir(), 'lockstep-tree-'));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  const root = join(parent, 'tree');
  const files: string[] = [];
  for (let at = 0; at < directories; at += 1) {
    const directory = `d${at % 10}/e${at}`;
    mkdirSync(join(root, directory), { recursive: true });
    for (let file = 0; file < filesEach; file += 1) {
      files.push(`${directory}/f${file}.txt`);
      writeFileSync(join(root, directory, `f${file}.txt`), `${at} ${file}`);
    }
  }
  return { root, files };
}
