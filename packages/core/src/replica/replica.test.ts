import assert from 'node:assert/strict';
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { deliverAll, fileKey, observeAll, openTestReplica } from '../testing/replica-bench.js';

const text = (file: string) => readFile(file, 'utf8');
const missing = (file: string) =>
  stat(file).then(
    () => false,
    () => true,
  );

describe('A replica', () => {
  it('records a new file and gives it, with mode and mtime, to another replica', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await mkdir(alpha.at('instance/uploads'), { recursive: true });
    await writeFile(alpha.at('instance/uploads/a.txt'), 'hello', { mode: 0o640 });
    await utimes(alpha.at('instance/uploads/a.txt'), 1_700_000_000.123, 1_700_000_000.123);
    const report = await observeAll(alpha.replica, 'instance/uploads/a.txt');
    assert.equal(report.recorded.length, 1);

    const verdicts = await deliverAll(alpha.replica, bravo.replica);

    assert.deepEqual(verdicts, [{ status: 'settled', applied: 'written' }]);
    assert.equal(await text(bravo.at('instance/uploads/a.txt')), 'hello');
    const there = await stat(bravo.at('instance/uploads/a.txt'));
    assert.equal(there.mode & 0o777, 0o640);
    assert.equal(Math.round(there.mtimeMs), 1_700_000_000_123);
  });

  it('meets the echo of what it received and does nothing', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await writeFile(alpha.at('static/a.css'), 'a{}');
    await observeAll(alpha.replica, 'static/a.css');
    await deliverAll(alpha.replica, bravo.replica);
    const before = bravo.replica.index.lastSequence();

    const report = await observeAll(bravo.replica, 'static/a.css');

    assert.deepEqual(report.recorded, []);
    assert.equal(bravo.replica.index.lastSequence(), before);
    assert.equal(bravo.replica.counters.unchanged, 1);
  });

  it('keeps both contents when two servers edit one file, and both end equal', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await writeFile(alpha.at('templates/page.ejs'), 'base');
    await observeAll(alpha.replica, 'templates/page.ejs');
    await deliverAll(alpha.replica, bravo.replica);
    await writeFile(alpha.at('templates/page.ejs'), 'from alpha');
    await observeAll(alpha.replica, 'templates/page.ejs');
    await writeFile(bravo.at('templates/page.ejs'), 'from bravo');
    await observeAll(bravo.replica, 'templates/page.ejs');

    await deliverAll(alpha.replica, bravo.replica);
    await deliverAll(bravo.replica, alpha.replica);
    await deliverAll(alpha.replica, bravo.replica);

    const winner = await text(alpha.at('templates/page.ejs'));
    assert.equal(winner, await text(bravo.at('templates/page.ejs')));
    assert.equal(winner, 'from bravo');
    for (const { replica } of [alpha, bravo]) {
      const lost = replica.index.archive.list().find(({ size }) => size === 'from alpha'.length);
      assert.ok(lost, `${replica.node} archived the losing content`);
      const content = await replica.openArchived(lost.id);
      assert.equal(Buffer.from(await content.read(0, 100)).toString(), 'from alpha');
      await content.close();
    }
    assert.equal(bravo.replica.index.archive.list({ reason: 'conflict' }).length, 1, 'one of them decided');
    assert.equal(alpha.replica.index.liveDigest(), bravo.replica.index.liveDigest());
  });

  it('observes a local edit that nobody has seen before it lets a peer overwrite it', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await writeFile(alpha.at('static/a.css'), 'one');
    await observeAll(alpha.replica, 'static/a.css');
    await deliverAll(alpha.replica, bravo.replica);
    await writeFile(alpha.at('static/a.css'), 'two');
    await observeAll(alpha.replica, 'static/a.css');
    await writeFile(bravo.at('static/a.css'), 'unseen');

    await deliverAll(alpha.replica, bravo.replica);

    const contents = [await text(bravo.at('static/a.css'))];
    for (const { id } of bravo.replica.index.archive.list()) {
      const content = await bravo.replica.openArchived(id);
      contents.push(Buffer.from(await content.read(0, 100)).toString());
      await content.close();
    }
    assert.ok(contents.includes('unseen'), `"unseen" is somewhere in ${contents.join(', ')}`);
  });

  for (const winner of ['alpha', 'bravo'] as const) {
    it(`misses what was in a directory when it met the file in its place while it received one, and ${winner}'s prevailed`, async (t) => {
      const alpha = await openTestReplica(t, 'alpha');
      const bravo = await openTestReplica(t, 'bravo');
      await mkdir(alpha.at('static/shape'));
      await writeFile(alpha.at('static/shape/inner.txt'), 'in a directory');
      await observeAll(alpha.replica, 'static/shape/inner.txt');
      await rm(alpha.at('static/shape'), { recursive: true });
      await writeFile(alpha.at('static/shape'), 'a file now');
      await writeFile(bravo.at('static/shape'), 'a file of bravo');
      if (winner === 'bravo') await utimes(bravo.at('static/shape'), 4_000_000_000, 4_000_000_000);
      await observeAll(bravo.replica, 'static/shape');

      await deliverAll(bravo.replica, alpha.replica);
      await observeAll(alpha.replica, 'static/shape');

      assert.equal(alpha.replica.index.get(fileKey('static/shape/inner.txt'))?.entry.state, 'deleted');
    });
  }

  it('deletes, archives what it deletes, and keeps the directories that the origin kept', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await mkdir(alpha.at('instance/kept/gone'), { recursive: true });
    await writeFile(alpha.at('instance/kept/gone/a.txt'), 'bye');
    await writeFile(alpha.at('instance/stays.txt'), 'here');
    await observeAll(alpha.replica, 'instance/kept/gone/a.txt', 'instance/stays.txt');
    await deliverAll(alpha.replica, bravo.replica);
    await rm(alpha.at('instance/kept/gone'), { recursive: true });
    await observeAll(alpha.replica, 'instance/kept/gone');

    await deliverAll(alpha.replica, bravo.replica);

    assert.ok(await missing(bravo.at('instance/kept/gone')));
    assert.ok(!(await missing(bravo.at('instance/kept'))));
    const [record] = bravo.replica.index.archive.list({ reason: 'deleted' });
    assert.ok(record);
    const restored = await bravo.replica.restore(record.id);
    assert.equal(restored.path, 'kept/gone/a.txt');
    assert.equal(await text(bravo.at('instance/kept/gone/a.txt')), 'bye');
  });

  it('copies bytes that are here already instead of asking for them', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await writeFile(alpha.at('static/old.js'), 'content');
    await observeAll(alpha.replica, 'static/old.js');
    await deliverAll(alpha.replica, bravo.replica);
    await rename(alpha.at('static/old.js'), alpha.at('static/new.js'));
    const report = await alpha.replica.observe([
      { ...fileKey('static/old.js'), confirmed: false, live: true },
      { ...fileKey('static/new.js'), confirmed: false, live: true },
    ]);
    assert.equal(report.recorded.length, 2, 'a rename needs no second look');
    assert.equal(report.missing.length, 0);

    const entries = alpha.replica.index.after(0, 10).map(({ entry }) => ({ entry }));
    const verdicts = await bravo.replica.receive(entries, 'alpha');

    assert.deepEqual(
      verdicts.map(({ status }) => status),
      ['settled', 'settled'],
    );
    assert.equal(await text(bravo.at('static/new.js')), 'content');
    assert.ok(await missing(bravo.at('static/old.js')));
    assert.deepEqual(bravo.replica.index.archive.list(), [], 'a rename leaves nothing for the archive');
    assert.equal(alpha.replica.index.liveDigest(), bravo.replica.index.liveDigest());
    assert.deepEqual((await bravo.replica.scan('static')).recorded, [], 'index and disk agree');
  });

  it('knows a rename by its new name alone, and records both halves together', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const names = Array.from({ length: 30 }, (_, at) => `static/old/${at}.txt`);
    await mkdir(alpha.at('static/old'));
    for (const name of names) await writeFile(alpha.at(name), name);
    await observeAll(alpha.replica, ...names);
    await rename(alpha.at('static/old'), alpha.at('static/new'));

    const report = await alpha.replica.observe([{ ...fileKey('static/new'), confirmed: false, live: true }]);

    assert.equal(report.recorded.length, 60);
    assert.deepEqual(report.missing, []);
    assert.deepEqual(alpha.replica.index.holds.list(), [], 'a rename is no mass deletion');
    assert.equal(alpha.replica.index.get(fileKey('static/old/0.txt'))?.entry.state, 'deleted');
  });

  it('leaves the old name alone when the file was linked, not renamed', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    await writeFile(alpha.at('static/a.txt'), 'a');
    await observeAll(alpha.replica, 'static/a.txt');
    await link(alpha.at('static/a.txt'), alpha.at('static/b.txt'));

    const report = await observeAll(alpha.replica, 'static/b.txt');

    assert.deepEqual(
      report.recorded.map(({ path }) => String(path)),
      ['b.txt'],
    );
    assert.equal(alpha.replica.index.get(fileKey('static/a.txt'))?.entry.state, 'live');
  });

  it('refuses a known digest under another size, and keeps what it knows', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await writeFile(alpha.at('static/a.css'), 'content');
    await observeAll(alpha.replica, 'static/a.css');
    await deliverAll(alpha.replica, bravo.replica);
    const entry = alpha.replica.index.get(fileKey('static/a.css'))?.entry;
    assert.ok(entry?.state === 'live');
    const version = new Map([...entry.version, ['liar', 1]]);

    const verdicts = await bravo.replica.receive(
      [
        { entry: { ...entry, version, size: 3 } },
        { entry: { ...entry, version, size: 3, path: fileKey('static/copy.css').path } },
      ],
      'alpha',
    );

    assert.equal(verdicts[0]?.status === 'refused' && verdicts[0].code, 'CHECKSUM_MISMATCH');
    assert.equal(verdicts[1]?.status, 'want', 'no copy is made: the liar must show the bytes');
    const known = bravo.replica.index.get(fileKey('static/a.css'))?.entry;
    assert.equal(known?.state === 'live' && known.size, 7);
    assert.ok(await missing(bravo.at('static/copy.css')));
  });

  it('does not take a deletion and a file of another size for a rename', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await writeFile(alpha.at('static/old.js'), 'content');
    await observeAll(alpha.replica, 'static/old.js');
    await deliverAll(alpha.replica, bravo.replica);
    await rename(alpha.at('static/old.js'), alpha.at('static/new.js'));
    await observeAll(alpha.replica, 'static/new.js');
    const batch = alpha.replica.index.after(0, 10).map(({ entry }) => ({
      entry: entry.state === 'live' ? { ...entry, size: 3 } : entry,
    }));

    const verdicts = await bravo.replica.receive(batch, 'alpha');

    assert.deepEqual(verdicts.map(({ status }) => status).sort(), ['settled', 'want']);
    assert.ok(await missing(bravo.at('static/new.js')));
  });

  for (const [what, replace] of [
    ['by a file', async (shape: string) => writeFile(shape, 'file')],
    ['by nothing', () => Promise.resolve()],
  ] as const) {
    it(`misses what was in a folder that was replaced ${what}, though nobody told of its files`, async (t) => {
      const alpha = await openTestReplica(t, 'alpha');
      await writeFile(alpha.at('static/shape'), 'a file first');
      await observeAll(alpha.replica, 'static/shape');
      await rm(alpha.at('static/shape'));
      await mkdir(alpha.at('static/shape'));
      await writeFile(alpha.at('static/shape/inner.txt'), 'inner');
      await alpha.replica.observe([{ ...fileKey('static/shape/inner.txt'), confirmed: false, live: true }]);
      await rm(alpha.at('static/shape'), { recursive: true });
      await replace(alpha.at('static/shape'));

      const report = await alpha.replica.observe([
        { ...fileKey('static/shape'), confirmed: false, live: true },
      ]);

      assert.ok(report.missing.some(({ path }) => path === 'shape/inner.txt'));
    });
  }

  it('gives small contents from memory until they are released', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    await writeFile(alpha.at('static/a.css'), 'a');
    await observeAll(alpha.replica, 'static/a.css');
    const entry = alpha.replica.index.get(fileKey('static/a.css'))?.entry;
    assert.ok(entry?.state === 'live');
    await rm(alpha.at('static/a.css'));
    assert.equal(String(Buffer.from((await alpha.replica.readSmall([entry]))[0] ?? [])), 'a');
    alpha.replica.releaseContents();
    assert.deepEqual(await alpha.replica.readSmall([entry]), [null]);
  });

  it('keeps small contents of what a later scan finds in memory, but not of the first one', async (t) => {
    const root = await mkdtemp(path.join(tmpdir(), 'lockstep-'));
    await mkdir(path.join(root, 'static'));
    await writeFile(path.join(root, 'static/first.css'), 'first');
    const alpha = await openTestReplica(t, 'alpha', { root });
    await writeFile(alpha.at('static/later.css'), 'later');
    await alpha.replica.scan('static');
    const entries = ['static/first.css', 'static/later.css']
      .map((file) => alpha.replica.index.get(fileKey(file))?.entry)
      .filter((entry) => entry?.state === 'live');
    assert.equal(entries.length, 2);
    await rm(alpha.at('static'), { recursive: true });

    const [first, later] = await alpha.replica.readSmall(entries);

    assert.equal(first, null);
    assert.equal(String(Buffer.from(later ?? [])), 'later');
  });

  it('waits before it believes a deletion', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    await writeFile(alpha.at('static/a.css'), 'a');
    await observeAll(alpha.replica, 'static/a.css');
    await rm(alpha.at('static/a.css'));

    const report = await alpha.replica.observe([
      { ...fileKey('static/a.css'), confirmed: false, live: true },
    ]);

    assert.deepEqual(report.recorded, []);
    assert.deepEqual(
      report.missing.map(({ path }) => String(path)),
      ['a.css'],
    );
  });

  it('holds a mass deletion, and releases exactly that batch', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    const names = Array.from({ length: 30 }, (_, at) => `static/${at}.txt`);
    for (const name of names) await writeFile(alpha.at(name), name);
    await observeAll(alpha.replica, ...names);
    await deliverAll(alpha.replica, bravo.replica);
    for (const name of names) await rm(alpha.at(name));
    const report = await observeAll(alpha.replica, ...names);
    assert.deepEqual(report.recorded, []);
    const [hold] = alpha.replica.index.holds.list();
    assert.equal(hold?.paths.length, 30);

    await alpha.replica.releaseHold(hold?.id ?? 0);
    const verdicts = await deliverAll(alpha.replica, bravo.replica);

    assert.ok(verdicts.every(({ status }) => status === 'settled'));
    assert.ok(await missing(bravo.at('static/0.txt')));
    assert.deepEqual(alpha.replica.index.holds.list(), []);
  });

  it('ends a hold when its files come back', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const names = ['static/a.txt', 'static/b.txt'];
    for (const name of names) await writeFile(alpha.at(name), name);
    await observeAll(alpha.replica, ...names);
    for (const name of names) await rm(alpha.at(name));
    await observeAll(alpha.replica, ...names);
    assert.equal(alpha.replica.index.holds.list().length, 1);

    for (const name of names) await writeFile(alpha.at(name), name);
    await observeAll(alpha.replica, ...names);

    assert.deepEqual(alpha.replica.index.holds.list(), []);
  });

  it('takes a new version of a file whose deletion is held', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    const names = ['static/a.txt', 'static/b.txt'];
    for (const name of names) await writeFile(alpha.at(name), name);
    await observeAll(alpha.replica, ...names);
    await deliverAll(alpha.replica, bravo.replica);
    for (const name of names) await rm(alpha.at(name));
    await observeAll(alpha.replica, ...names);
    await writeFile(bravo.at('static/a.txt'), 'newer');
    await observeAll(bravo.replica, 'static/a.txt');

    const verdicts = await deliverAll(bravo.replica, alpha.replica);

    assert.ok(verdicts.every(({ status }) => status === 'settled'));
    assert.equal(await text(alpha.at('static/a.txt')), 'newer');
    assert.deepEqual(alpha.replica.index.holds.list()[0]?.paths.map(String), ['b.txt']);
  });

  it('refuses a mass deletion of a peer that does not hold its own', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    const names = Array.from({ length: 30 }, (_, at) => `static/${at}.txt`);
    for (const name of names) await writeFile(alpha.at(name), name);
    await observeAll(alpha.replica, ...names);
    await deliverAll(alpha.replica, bravo.replica);
    for (const name of names) await rm(alpha.at(name));
    await observeAll(alpha.replica, ...names);
    await alpha.replica.releaseHold(alpha.replica.index.holds.list()[0]?.id ?? 0);
    const entries = alpha.replica.index.after(0, 100).map(({ entry }) => ({
      entry: entry.state === 'deleted' ? { ...entry, released: false } : entry,
    }));

    const verdicts = await bravo.replica.receive(entries, 'alpha');

    assert.ok(verdicts.every(({ status }) => status === 'held'));
    assert.equal(await text(bravo.at('static/0.txt')), 'static/0.txt');
    const [hold] = bravo.replica.index.holds.list();
    assert.equal(hold?.peer, 'alpha');
    await bravo.replica.releaseHold(hold?.id ?? 0);
    const again = await bravo.replica.receive(entries, 'alpha');
    assert.ok(again.every(({ status }) => status === 'settled'));
  });

  it('sends a touch or a chmod without bytes', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await writeFile(alpha.at('static/a.css'), 'a', { mode: 0o644 });
    await observeAll(alpha.replica, 'static/a.css');
    await deliverAll(alpha.replica, bravo.replica);
    await chmod(alpha.at('static/a.css'), 0o600);
    await utimes(alpha.at('static/a.css'), 1_600_000_000, 1_600_000_000);
    await observeAll(alpha.replica, 'static/a.css');

    const entries = alpha.replica.index.after(0, 10).map(({ entry }) => ({ entry }));
    const verdicts = await bravo.replica.receive(entries, 'alpha');

    assert.deepEqual(verdicts, [{ status: 'settled', applied: 'adopted' }]);
    const there = await stat(bravo.at('static/a.css'));
    assert.equal(there.mode & 0o777, 0o600);
    assert.equal(there.mtimeMs, 1_600_000_000_000);
  });

  it('finds by a scan what changed while it was away, and keeps its hands off what it cannot read', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    await writeFile(alpha.at('static/a.css'), 'a');
    await writeFile(alpha.at('static/b.css'), 'b');
    await symlink('/etc/hostname', alpha.at('static/link'));
    const report = await alpha.replica.scan('static');
    assert.deepEqual(report.recorded.map(({ path }) => String(path)).sort(), ['a.css', 'b.css']);
    assert.equal(report.skipped.length, 1);
    await rm(alpha.at('static/a.css'));

    const second = await alpha.replica.scan('static');

    assert.deepEqual(second.recorded, []);
    assert.deepEqual(
      second.missing.map(({ path }) => String(path)),
      ['a.css'],
    );
  });

  it('turns a file into a folder and back', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await writeFile(alpha.at('static/x'), 'file');
    await writeFile(alpha.at('static/other'), 'other');
    await observeAll(alpha.replica, 'static/x', 'static/other');
    await deliverAll(alpha.replica, bravo.replica);
    await rm(alpha.at('static/x'));
    await mkdir(alpha.at('static/x'));
    await writeFile(alpha.at('static/x/y'), 'inside');
    await observeAll(alpha.replica, 'static/x');
    await deliverAll(alpha.replica, bravo.replica);
    assert.equal(await text(bravo.at('static/x/y')), 'inside');

    await rm(alpha.at('static/x'), { recursive: true });
    await writeFile(alpha.at('static/x'), 'file again');
    await observeAll(alpha.replica, 'static/x', 'static/x/y');
    await deliverAll(alpha.replica, bravo.replica);

    assert.equal(await text(bravo.at('static/x')), 'file again');
  });

  it('takes a `.syncignore` into force when it arrives', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    await writeFile(alpha.at('static/.syncignore'), '*.map\n');
    await observeAll(alpha.replica, 'static/.syncignore');
    assert.equal(alpha.replica.whyIgnored(fileKey('static/app.js')), null);
    assert.match(alpha.replica.whyIgnored(fileKey('static/app.js.map')) ?? '', /syncignore/);
  });

  it('gives the empty version to what a new index finds, and a real one to what comes later', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    assert.equal(alpha.replica.index.isFresh, false, 'every folder was scanned');
    await writeFile(alpha.at('static/later.css'), 'a');
    await observeAll(alpha.replica, 'static/later.css');
    assert.ok(alpha.replica.index.get(fileKey('static/later.css'))?.entry.version.get('alpha'));
    await alpha.replica.close();
    await rm(alpha.at('.lockstep'), { recursive: true });

    const again = await openTestReplica(t, 'alpha', { root: alpha.root });

    assert.equal(again.replica.index.get(fileKey('static/later.css'))?.entry.version.size, 0);
  });

  it('never resurrects a deletion when its index is lost', async (t) => {
    const alpha = await openTestReplica(t, 'alpha');
    const bravo = await openTestReplica(t, 'bravo');
    await writeFile(alpha.at('static/a.css'), 'a');
    await writeFile(alpha.at('static/b.css'), 'b');
    await observeAll(alpha.replica, 'static/a.css', 'static/b.css');
    await deliverAll(alpha.replica, bravo.replica);
    await rm(alpha.at('static/a.css'));
    await observeAll(alpha.replica, 'static/a.css');
    await bravo.replica.close();
    await rm(bravo.at('.lockstep'), { recursive: true });

    const again = await openTestReplica(t, 'bravo', { root: bravo.root });
    await deliverAll(again.replica, alpha.replica);
    await deliverAll(alpha.replica, again.replica);

    assert.ok(await missing(alpha.at('static/a.css')));
    assert.ok(await missing(again.at('static/a.css')));
    assert.equal(await text(again.at('static/b.css')), 'b');
  });
});
