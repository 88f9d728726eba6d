import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isSyncError } from '../model/error.js';
import { silentLog } from '../ports/log.js';
import { openChannel, type Channel } from './work-thread-channel.js';

/** A thread that answers each job by its name, dies of a commit and never answers a sweep. */
const program = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ id, job }) => {
    if (job === 'commit') throw new Error('the thread dies of this');
    if (job !== 'sweep') parentPort.postMessage({ id, result: job });
  });
`)}`,
);

function open(t: TestContext): { channel: Channel; errors: string[] } {
  const errors: string[] = [];
  const log = { ...silentLog, error: (message: string) => void errors.push(message) };
  const channel = openChannel({ places: [], archive: '/nowhere', durability: 'os' }, log, program);
  t.after(() => channel.close());
  return { channel, errors };
}

describe('the channel to the work thread', () => {
  it('matches answers with calls', async (t) => {
    const { channel } = open(t);
    const answers = await Promise.all([
      channel.call('list', []),
      channel.call('inspect', []),
      channel.call('list', []),
    ]);
    assert.deepEqual(answers, ['list', 'inspect', 'list']);
  });

  it('fails every call under way when the thread dies, and starts another for the next', async (t) => {
    const { channel, errors } = open(t);
    const waiting = channel.call('sweep', []);
    const fatal = channel.call('commit', []);
    for (const call of [waiting, fatal]) {
      await assert.rejects(call, (error) => isSyncError(error, 'STORAGE_FAILED') && error.retryable);
    }
    assert.equal(errors.length, 1);
    assert.equal(channel.life(), 1);
    assert.equal(await channel.call('list', []), 'list');
    assert.equal(channel.life(), 2);
  });

  it('refuses calls once it is closed, and closes once', async (t) => {
    const { channel, errors } = open(t);
    const before = channel.call('list', []);
    const closing = Promise.all([channel.close(), channel.close()]);
    await assert.rejects(channel.call('list', []), (error) => isSyncError(error, 'CLOSED'));
    assert.equal(await before, 'list');
    await closing;
    assert.deepEqual(errors, []);
  });

  it('rejects what cannot travel to another thread, and goes on', async (t) => {
    const { channel } = open(t);
    await assert.rejects(channel.call('list', [() => undefined]), /could not be cloned/u);
    assert.equal(await channel.call('list', []), 'list');
  });
});
