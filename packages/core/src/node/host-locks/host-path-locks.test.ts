import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parsePath } from '../../model/parse-path.js';
import type { FileKey } from '../../model/path.js';
import type { Clock } from '../../ports/clock.js';
import { createFakeClock, type FakeClock } from '../../testing/fake-clock.js';
import { systemClock } from '../clock.js';
import { systemRandom } from '../random.js';
import { temporaryDirectory } from '../sqlite/temporary.test.support.js';
import { openHostPathLocks, type HostPathLocks } from './host-path-locks.js';

const script = fileURLToPath(new URL('host-path-locks.test.child.js', import.meta.url));

function start(t: TestContext, ...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function said(child: ChildProcess, word: string): Promise<void> {
  assert.ok(child.stdout);
  let text = '';
  for await (const part of child.stdout.iterator({ destroyOnReturn: false })) {
    text += String(part);
    if (text.includes(word)) return;
  }
  assert.fail(`The child ended before it said ${word}: ${text}`);
}

function open(t: TestContext, directory: string, clock: Clock = systemClock): HostPathLocks {
  const locks = openHostPathLocks({ directory, clock, random: systemRandom });
  t.after(() => locks.close());
  return locks;
}

/** Lets the time pass, and everything run that waited for it. */
async function passed(clock: FakeClock, ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

const key = (path: string): FileKey => ({ folder: 'static', path: parsePath(path) });

describe('Path locks shared by processes', () => {
  it('give a path to one process at a time', async (t) => {
    const directory = join(temporaryDirectory(t), 'locks');
    const file = join(temporaryDirectory(t), 'count');
    writeFileSync(file, '0');
    const children = [1, 2, 3].map(() => start(t, 'count', directory, file));
    await Promise.all(children.map((child) => said(child, 'done')));
    assert.equal(readFileSync(file, 'utf8'), '600');
  });

  it('free what a killed process held, for one that waits already', { timeout: 20_000 }, async (t) => {
    const directory = join(temporaryDirectory(t), 'locks');
    const clock = createFakeClock(0);
    const locks = open(t, directory, clock);
    const child = start(t, 'hold', directory);
    await said(child, 'held');
    assert.equal(locks.tryAcquire([key('a')]), null);
    const free = locks.tryAcquire([key('other')]);
    assert.ok(free);
    free();
    let taken = false;
    const waiting = locks.acquire([key('x'), key('b')]).then((release) => {
      taken = true;
      return release;
    });
    for (let poll = 0; poll < 100; poll += 1) await passed(clock, 5);
    assert.equal(taken, false);
    assert.equal(locks.tryAcquire([key('c')]), null);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killedMs = clock.now();
    while (!taken && clock.now() < killedMs + 1000) await passed(clock, 5);
    assert.ok(taken, 'a second later it is still held');
    (await waiting)();
  });

  it('take all of a batch or none of it', async (t) => {
    const directory = join(temporaryDirectory(t), 'locks');
    const [first, second] = [open(t, directory), open(t, directory)];
    const release = await first.acquire([key('a')]);
    assert.equal(second.tryAcquire([key('b'), key('a')]), null);
    const other = first.tryAcquire([key('b')]);
    assert.ok(other, 'the refused batch must not keep its free path');
    other();
    release();
    const both = second.tryAcquire([key('b'), key('a'), key('a')]);
    assert.ok(both);
    both();
  });

  it('begin anew when no process is left, and leave no trace of those that ended', async (t) => {
    const directory = join(temporaryDirectory(t), 'locks');
    const child = start(t, 'hold', directory);
    await said(child, 'held');
    child.kill('SIGKILL');
    await once(child, 'exit');
    writeFileSync(join(directory, 'locks.db'), 'what a power cut left');
    const locks = open(t, directory);
    const release = locks.tryAcquire([key('a')]);
    assert.ok(release);
    release();
    assert.equal(readdirSync(directory).filter((name) => name.endsWith('.owner')).length, 1);
    locks.close();
    assert.equal(readdirSync(directory).filter((name) => name.endsWith('.owner')).length, 0);
  });
});
