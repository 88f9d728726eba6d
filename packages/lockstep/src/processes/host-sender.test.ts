import assert from 'node:assert/strict';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isSyncError, parsePath, type Log, silentLog } from '@lockstep/core';
import { eventually } from './eventually.test.support.js';
import { listenAt } from './host-socket.js';
import { openProcess, stateDirectory, type TestProcess } from './host.test.support.js';

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => void socket.on('close', () => resolve()));

/** True once the process has heard of who sends. */
const knows = (process: TestProcess) => () => process.host.status().elsewhere !== null;

for (const long of [false, true]) {
  describe(`the processes of a host${long ? ', with a state directory too deep for a socket’s address' : ''}`, () => {
    it('tell the same figures, and how old they are', async (t) => {
      const stateDir = await stateDirectory(t, { long });
      const [sends, other] = [openProcess(t, stateDir), openProcess(t, stateDir)];
      assert.equal(other.host.status().elsewhere, null);
      await sends.host.start();
      await eventually(knows(other));
      const { active, elsewhere, ...told } = other.host.status();
      const { active: activeThere, elsewhere: nowhere, ...own } = sends.host.status();
      assert.deepEqual([active, activeThere, nowhere], [false, true, null]);
      assert.equal(elsewhere?.pid, process.pid);
      assert.ok(elsewhere.ageMs >= 0 && elsewhere.ageMs < 10_000);
      assert.deepEqual(told, JSON.parse(JSON.stringify(own)));
      assert.equal(told.latency.p50, 7);
    });

    it('only their user may open the socket', async (t) => {
      const stateDir = await stateDirectory(t, { long });
      await openProcess(t, stateDir).host.start();
      assert.equal((await stat(join(stateDir, 'sender.sock'))).mode & 0o777, 0o600);
    });
  });
}

describe('what one process is asked for, the one that sends does', () => {
  it('rescan, retry, restore and their answers', async (t) => {
    const stateDir = await stateDirectory(t);
    const [sends, other] = [openProcess(t, stateDir), openProcess(t, stateDir)];
    await sends.host.start();
    const [report] = await other.host.rescan('static');
    assert.deepEqual([report?.files, report?.skipped.length], [3, 1]);
    assert.equal((await other.host.rescan()).length, 1);
    await other.host.retry('web-2');
    const restored = await other.host.restoreHold(4);
    assert.deepEqual(restored, { restored: 2, failed: [{ path: 'b', message: 'gone' }] });
    assert.equal(await other.host.fetch({ folder: 'static', path: parsePath('a') }), null);
    assert.deepEqual(sends.done, ['rescan static', 'rescan all', 'retry web-2', 'restore 4']);
    assert.deepEqual(other.done, []);
  });

  it('flush, with its failure as it was', async (t) => {
    const stateDir = await stateDirectory(t);
    const [sends, other] = [openProcess(t, stateDir), openProcess(t, stateDir)];
    await sends.host.start();
    assert.deepEqual((await other.host.flush()).peers, ['web-2']);
    sends.flushing = () => Promise.reject(new Error('a secret of this process'));
    await assert.rejects(other.host.flush(), (error) => {
      assert.ok(isSyncError(error, 'INTERNAL'));
      return !error.message.includes('secret');
    });
  });

  it('a file of a peer comes through, byte by byte, or breaks off with an error', async (t) => {
    const stateDir = await stateDirectory(t);
    const [sends, other] = [openProcess(t, stateDir), openProcess(t, stateDir)];
    await sends.host.start();
    const bytes = new Uint8Array(3_000_000).map((_, at) => at % 251);
    let cancelled = false;
    const give = (given: readonly Uint8Array[]) => {
      sends.sender.fetch = () =>
        Promise.resolve({
          size: bytes.length,
          // eslint-disable-next-line @typescript-eslint/require-await -- an async source, as a peer's is
          bytes: (async function* () {
            yield* given;
          })(),
          cancel: () => (cancelled = true),
        });
    };
    const read = async (): Promise<Buffer> => {
      const content = await other.host.fetch({ folder: 'static', path: parsePath('a') });
      assert.equal(content?.size, bytes.length);
      const parts: Uint8Array[] = [];
      for await (const part of content.bytes) parts.push(part);
      return Buffer.concat(parts);
    };
    give([bytes.subarray(0, 10), bytes.subarray(10)]);
    assert.ok((await read()).equals(bytes));
    give([bytes.subarray(0, 10)]);
    await assert.rejects(read(), (error) => isSyncError(error, 'CHANGED_MEANWHILE'));
    give([bytes]);
    const unread = await other.host.fetch({ folder: 'static', path: parsePath('a') });
    unread?.cancel();
    await eventually(() => cancelled);
  });
});

describe('when the process that sends ends', () => {
  it('a flush goes on with the next, also when that is the one that was asked', async (t) => {
    const stateDir = await stateDirectory(t);
    const [sends, next, other] = [
      openProcess(t, stateDir),
      openProcess(t, stateDir),
      openProcess(t, stateDir),
    ];
    await sends.host.start();
    let asked = 0;
    sends.flushing = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    await eventually(knows(next));
    const flushes = [next.host.flush({ timeoutMs: 30_000 }), other.host.flush({ timeoutMs: 30_000 })];
    await eventually(() => asked === 2 || asked);
    next.flushing = () => Promise.resolve({ peers: ['web-3'], ms: 1 });
    await sends.close();
    await next.host.start();
    assert.deepEqual(
      (await Promise.all(flushes)).map(({ peers }) => peers),
      [['web-3'], ['web-3']],
    );
  });

  it('what a killed one left of its socket is no obstacle', async (t) => {
    const stateDir = await stateDirectory(t);
    await writeFile(join(stateDir, 'sender.sock'), '');
    const [sends, other] = [openProcess(t, stateDir), openProcess(t, stateDir)];
    await sends.host.start();
    await eventually(knows(other));
  });

  it('counts go on, and are not doubled', async (t) => {
    const stateDir = await stateDirectory(t);
    const [sends, next, other] = [
      openProcess(t, stateDir),
      openProcess(t, stateDir),
      openProcess(t, stateDir),
    ];
    for (const [at, each] of [sends, next, other].entries()) each.received.uploads = 10 ** at;
    await sends.host.start();
    const uploads = ({ host }: TestProcess): number => host.received().totals.upload.ok;
    await eventually(() => [next, other, sends].every((each) => uploads(each) === 111) || uploads(next));
    await sends.close();
    await next.host.start();
    await eventually(
      () => (other.host.status().totals.upload.ok === 10 && uploads(other) === 111) || uploads(other),
    );
    other.received.uploads += 100;
    await eventually(() => uploads(next) === 211 || uploads(next));
    assert.equal(next.host.status().totals.upload.ok, 10);
  });

  it('one that stopped without ending keeps no flush longer than it said', async (t) => {
    const stateDir = await stateDirectory(t);
    const [sends, other] = [openProcess(t, stateDir), openProcess(t, stateDir)];
    await sends.host.start();
    await eventually(knows(other));
    sends.flushing = () => new Promise(() => undefined);
    await assert.rejects(other.host.flush({ timeoutMs: 100 }), (error) => isSyncError(error, 'TIMED_OUT'));
  });

  it('one that accepts connections and says nothing is none', async (t) => {
    const stateDir = await stateDirectory(t);
    const silent = await listenAt(join(stateDir, 'sender.sock'), (socket) => void socket.resume());
    const alone = openProcess(t, stateDir);
    await assert.rejects(alone.host.flush({ timeoutMs: 300 }), (error) => isSyncError(error, 'NOT_READY'));
    await alone.close();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('a caller waits for the next only so long, and hears why', async (t) => {
    const stateDir = await stateDirectory(t);
    const alone = openProcess(t, stateDir);
    await assert.rejects(alone.host.flush({ timeoutMs: 200 }), (error) => {
      assert.ok(isSyncError(error, 'NOT_READY'));
      return /No process of this host/.test(error.message);
    });
    const waiting = alone.host.rescan();
    await alone.close();
    await assert.rejects(waiting, (error) => isSyncError(error, 'CLOSED'));
  });
});

describe('pausing', () => {
  it('in one process pauses the one that sends, and who takes over stays paused', async (t) => {
    const stateDir = await stateDirectory(t);
    const [sends, other] = [openProcess(t, stateDir), openProcess(t, stateDir)];
    await sends.host.start();
    await eventually(knows(other));
    await other.host.setPaused(true);
    assert.deepEqual([sends.sender.status().paused, sends.host.status().paused], [true, true]);
    await sends.close();
    await other.host.start();
    assert.deepEqual([other.sender.status().paused, other.host.status().paused], [true, true]);
    await other.host.setPaused(false);
    assert.equal(other.sender.status().paused, false);
  });

  it('while nobody sends is heeded by who begins', async (t) => {
    const stateDir = await stateDirectory(t);
    const [sends, other] = [openProcess(t, stateDir), openProcess(t, stateDir)];
    await other.host.setPaused(true);
    await sends.host.start();
    assert.equal(sends.sender.status().paused, true);
  });
});

describe('events', () => {
  it('of peers and of files reach every process once', async (t) => {
    const stateDir = await stateDirectory(t);
    const all = [openProcess(t, stateDir), openProcess(t, stateDir), openProcess(t, stateDir)] as const;
    const [sends, other, third] = all;
    await sends.host.start();
    await eventually(() => knows(other)() && knows(third)());
    const heard = all.map(({ host, replica }) => {
      const events: string[] = [];
      host.events.on('delivered', ({ peer, cursor }) => void events.push(`delivered ${peer} ${cursor}`));
      host.events.on('peer', ({ url, state }) => void events.push(`peer ${url} ${state}`));
      host.events.on('problem', ({ path }) => void events.push(`problem ${path}`));
      replica.events.on('held', ({ id }) => void events.push(`held ${id}`));
      return events;
    });
    sends.sender.events.emit('delivered', { peer: 'web-2', cursor: 9 });
    sends.sender.events.emit('peer', { name: null, url: 'http://b', state: 'up', code: null });
    other.replica.events.emit('held', { id: 3, folder: 'static', paths: 40, peer: 'web-2' });
    other.replica.events.emit('problem', {
      ...{ folder: 'static', path: parsePath('x'), code: 'FILE_UNREADABLE', message: 'no' },
    });
    const expected = ['delivered web-2 9', 'held 3', 'peer http://b up', 'problem x'];
    await eventually(() => heard.every((events) => events.length >= 4) || JSON.stringify(heard));
    for (const events of heard) assert.deepEqual([...events].sort(), expected);
  });
});

describe('the socket', () => {
  it('lets go who is none of the processes, and answers the others on', async (t) => {
    const stateDir = await stateDirectory(t);
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (message) => void warnings.push(message) };
    const [sends, other] = [openProcess(t, stateDir, log), openProcess(t, stateDir)];
    await sends.host.start();
    const call = '{"kind":"call","id":1,"call":{"do":"rescan"}}\n';
    const hello = (protocol: number) => `{"kind":"hello","protocol":${protocol},"process":"x","pid":1}\n`;
    const wrong = [
      'GET / HTTP/1.1\r\n\r\n',
      call,
      hello(99),
      `${hello(1)}{"kind":"exit"}\n`,
      hello(1) + hello(1),
    ];
    for (const text of wrong) {
      const socket = connect(join(stateDir, 'sender.sock'));
      socket.on('error', () => undefined).resume();
      socket.write(text);
      await closed(socket);
    }
    const long = connect(join(stateDir, 'sender.sock'));
    long.on('error', () => undefined).resume();
    long.write('x'.repeat(300 * 1024));
    await closed(long);
    assert.equal(warnings.length, wrong.length);
    assert.deepEqual(sends.done, []);
    assert.equal((await other.host.rescan()).length, 1);
  });

  it('is done without where the state directory takes none', async (t) => {
    const stateDir = await stateDirectory(t);
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (message) => void warnings.push(message) };
    const sends = openProcess(t, stateDir, log);
    await mkdir(join(stateDir, 'sender.sock'));
    await sends.host.start();
    assert.equal(warnings.length, 1);
    assert.equal(sends.host.status().active, true);
  });
});
