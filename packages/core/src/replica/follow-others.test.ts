import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { describe, it, type TestContext } from 'node:test';
import { deliverAll, fileKey, observeAll, openTestReplica } from '../testing/replica-bench.js';
import type { Replica } from './replica.js';

/** One server of two processes, each with what its listeners were told, and another server. */
async function openTwins(t: TestContext) {
  // Nothing in a replica keeps a process alive, not even waiting for a path.
  const alive = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(alive));
  const first = await openTestReplica(t, 'alpha', { shared: true });
  const second = await openTestReplica(t, 'alpha', { shared: true, root: first.root });
  const other = await openTestReplica(t, 'bravo');
  return { first, second, other, told: listen(second.replica), follow: second.replica.followOthers() };
}

function listen(replica: Replica): string[] {
  const told: string[] = [];
  replica.events.on('recorded', ({ entries, from }) => {
    told.push(`recorded ${entries.map(({ path }) => path).join(' ')} from ${from}`);
  });
  replica.events.on('applied', ({ changes, from }) => {
    told.push(`applied ${changes.map(({ entry, what }) => `${what} ${entry.path}`).join(' ')} from ${from}`);
  });
  return told;
}

describe('A process that shares a replica with another', () => {
  it('tells its listeners what the other observed and received, once', async (t) => {
    const { first, other, told, follow } = await openTwins(t);
    await writeFile(first.at('static/mine.css'), 'mine');
    await observeAll(first.replica, 'static/mine.css');
    await writeFile(other.at('templates/theirs.ejs'), 'theirs');
    await observeAll(other.replica, 'templates/theirs.ejs');
    await deliverAll(other.replica, first.replica);
    assert.deepEqual(told, []);
    await follow();
    assert.deepEqual(told, [
      'recorded mine.css from null',
      'recorded theirs.ejs from bravo',
      'applied written theirs.ejs from bravo',
    ]);
    await rm(other.at('templates/theirs.ejs'));
    await observeAll(other.replica, 'templates/theirs.ejs');
    await deliverAll(other.replica, first.replica);
    await Promise.all([follow(), follow()]);
    assert.deepEqual(told.slice(3), [
      'recorded theirs.ejs from bravo',
      'applied deleted theirs.ejs from bravo',
    ]);
  });

  it('does not tell twice what it recorded itself', async (t) => {
    const { second, told, follow } = await openTwins(t);
    await writeFile(second.at('static/a.css'), 'a');
    await observeAll(second.replica, 'static/a.css');
    await follow();
    assert.deepEqual(told, ['recorded a.css from null']);
  });

  it('follows the rules of a folder that the other received', async (t) => {
    const { first, second, follow } = await openTwins(t);
    assert.equal(second.replica.whyIgnored(fileKey('static/a.map')), null);
    await writeFile(first.at('static/.syncignore'), '*.map\n');
    await observeAll(first.replica, 'static/.syncignore');
    await follow();
    assert.match(second.replica.whyIgnored(fileKey('static/a.map')) ?? '', /\.syncignore/);
  });

  it('takes one version of a path that both are given at once, and knows its stamp', async (t) => {
    const { first, second, other } = await openTwins(t);
    const files = Array.from({ length: 40 }, (_, at) => `static/${at}.txt`);
    for (const file of files) await writeFile(other.at(file), file);
    await observeAll(other.replica, ...files);
    await Promise.all([deliverAll(other.replica, first.replica), deliverAll(other.replica, second.replica)]);
    assert.equal(first.replica.index.lastSequence(), files.length, 'every path was recorded once');
    const report = await first.replica.scan('static');
    assert.deepEqual([report.files, report.recorded.length, report.changing.length], [40, 0, 0]);
    assert.equal(first.replica.index.liveDigest(), other.replica.index.liveDigest());
  });
});
