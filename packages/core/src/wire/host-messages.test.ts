import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError } from '../model/error.js';
import { hostFailure, parseHostAnswer, parseHostQuestion } from './host-messages.js';

const read = (value: unknown) => () => parseHostQuestion(JSON.stringify(value));
const malformed = (error: unknown): boolean => isSyncError(error, 'REQUEST_MALFORMED');

describe('messages between the processes of a host', () => {
  it('a well-formed question is read as it was written', () => {
    const questions = [
      { kind: 'hello', protocol: 1, process: 'a1', pid: 7 },
      { kind: 'fetch', protocol: 1, folder: 'static', path: 'a/ü.css' },
      { kind: 'call', id: 1, call: { do: 'flush', peers: 'quorum', timeoutMs: 100 } },
      { kind: 'call', id: 2, call: { do: 'rescan' } },
      { kind: 'call', id: 3, call: { do: 'restoreHold', hold: 4 } },
      { kind: 'event', name: 'held', event: { id: 1, folder: 'static', paths: 9, peer: null } },
    ];
    for (const question of questions) assert.deepEqual(read(question)(), question);
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ['no object', 'hello'],
    ['an unknown kind', { kind: 'exit' }],
    ['an unknown call', { kind: 'call', id: 1, call: { do: 'close' } }],
    ['a call without a number', { kind: 'call', call: { do: 'rescan' } }],
    ['a call with a wrong value', { kind: 'call', id: 1, call: { do: 'restoreHold', hold: '4' } }],
    ['a negative count', { kind: 'received', received: { bytesReceived: -1 } }],
    ['an unknown event', { kind: 'event', name: 'recorded', event: {} }],
    ['a path that is too long', { kind: 'fetch', protocol: 1, folder: 'static', path: 'a'.repeat(5_000) }],
  ];
  for (const [title, value] of wrong) {
    it(`${title} is refused`, () => assert.throws(read(value), malformed));
  }

  it('what is no JSON is refused', () => {
    assert.throws(() => parseHostQuestion('{'), malformed);
    assert.throws(() => parseHostAnswer(''), malformed);
  });

  it('a failure keeps code, message and details', () => {
    const line = JSON.stringify({
      kind: 'failed',
      id: 3,
      error: { code: 'NOT_FOUND', message: 'no hold', details: { hold: 3 } },
    });
    const answer = parseHostAnswer(line);
    assert.ok(answer.kind === 'failed');
    const error = hostFailure(answer);
    assert.deepEqual([error.code, error.message, error.details], ['NOT_FOUND', 'no hold', { hold: 3 }]);
  });
});
