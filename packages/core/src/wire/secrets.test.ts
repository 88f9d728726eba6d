import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError } from '../model/error.js';
import { parsePeerSecrets, parseSecrets } from './secrets.js';

const secret = '0123456789abcdef0123456789abcdef';
const other = 'fedcba9876543210fedcba9876543210';

function refusalOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    assert.ok(isSyncError(error, 'OPTION_INVALID'), String(error));
    return error.message;
  }
  return assert.fail('it was accepted');
}

describe('A list of secrets', () => {
  it('may be one text with commas, or a list', () => {
    assert.deepEqual(parseSecrets(`${secret}, ${other}`), [secret, other]);
    assert.deepEqual(parseSecrets([secret, other]), [secret, other]);
  });

  it('is refused when one is short or there is none, without being quoted', () => {
    const message = refusalOf(() => parseSecrets([secret, 'much too short']));
    assert.match(message, /secret 2 of 2: it has 14 characters/u);
    assert.ok(!message.includes('much too short'));
    assert.match(
      refusalOf(() => parseSecrets(' ')),
      /it is empty/u,
    );
    assert.match(
      refusalOf(() => parseSecrets([])),
      /empty list/u,
    );
  });
});

describe('Secrets by peer', () => {
  it('are lists too, so that each can be rotated', () => {
    const parsed = parsePeerSecrets({ 'web-2': secret, 'web-3': [other, secret] });
    assert.deepEqual(
      [...parsed],
      [
        ['web-2', [secret]],
        ['web-3', [other, secret]],
      ],
    );
  });

  it('are refused with the name of the peer, without being quoted', () => {
    const message = refusalOf(() => parsePeerSecrets({ 'web-2': 'much too short' }));
    assert.match(message, /"web-2".*it has 14 characters/u);
    assert.ok(!message.includes('much too short'));
    assert.match(
      refusalOf(() => parsePeerSecrets({ 'web 2\n': secret })),
      /"web 2\\u\{a\}".*no name/u,
    );
  });
});
