import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError } from '@lockstep/core';
import { resolveOptions, type MonitorOptions } from './options.js';
import { createExampleSender } from './testing/example-sender.js';

const needed = {
  replica: {},
  sender: createExampleSender(0),
  receiver: { status: () => ({}) },
} as unknown as MonitorOptions;

function refused(message: RegExp) {
  return (error: unknown): boolean => isSyncError(error, 'OPTION_INVALID') && message.test(error.message);
}

describe('the options of the monitor', () => {
  it('admit this machine only unless there is a password', () => {
    assert.equal(resolveOptions(needed).password, false);
    assert.equal(resolveOptions({ ...needed, password: 'x' }).password, 'x');
  });

  it('refuse an unknown name and guess what was meant', () => {
    const options = { ...needed, pasword: 'secret' };
    assert.throws(() => resolveOptions(options), refused(/"pasword".*Did you mean password\?/));
  });

  it('list the names when there is nothing to guess', () => {
    const options = { ...needed, colourScheme: 'dark' };
    assert.throws(() => resolveOptions(options), refused(/The options are: replica, sender/));
  });

  it('refuse an empty password, which would be none', () => {
    assert.throws(() => resolveOptions({ ...needed, password: '' }), refused(/empty password/));
  });

  it('refuse a missing part and name it', () => {
    const { sender: _sender, ...rest } = needed;
    assert.throws(() => resolveOptions(rest as MonitorOptions), refused(/no sender/));
  });

  it('are frozen and leave the given object as it was', () => {
    const given = { ...needed };
    assert.ok(Object.isFrozen(resolveOptions(given)));
    assert.deepEqual(Object.keys(given), Object.keys(needed));
  });
});
