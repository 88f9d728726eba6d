import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PeerStatus } from '../status.js';
import { headline, type HeadlineFacts } from './headline.js';
import { peerStatuses } from './peers.js';

function peer(parts: { state?: string; lagChanges?: number; deferredCount?: number } = {}): PeerStatus {
  const [status] = peerStatuses({
    sending: [{ name: 'web-2', state: 'up', ...parts }],
    rows: [],
    heard: [],
    deferredCount: () => 0,
    deferredOf: () => [],
    countAfter: () => 0,
  });
  assert.ok(status);
  return status;
}

const well: HeadlineFacts = {
  active: true,
  elsewhere: null,
  index: 'whole',
  missing: [],
  paused: false,
  holds: 0,
  heldFiles: 0,
  peers: [peer()],
};

describe('the headline', () => {
  const rows: readonly [string, Partial<HeadlineFacts>, string, RegExp][] = [
    ['is in step when every peer has every change', {}, 'in-step', /^In step$/],
    [
      'says before all else that the index is damaged',
      { index: 'damaged', holds: 1, missing: [{ folder: 'static', files: 2 }] },
      'damaged',
      /^The index is damaged$/,
    ],
    [
      'says that the index is rebuilt, as long as it is',
      { index: 'rebuilding' },
      'damaged',
      /^Rebuilding the index/,
    ],
    [
      'names the folder that is missing, also when peers are lost',
      { missing: [{ folder: 'static', files: 60 }], peers: [peer({ state: 'unreachable' })] },
      'missing',
      /^Folder static is missing$/,
    ],
    [
      'counts the peers that do not answer',
      { peers: [peer({ state: 'unreachable' }), peer()] },
      'unreachable',
      /^1 of 2 peers unreachable$/,
    ],
    [
      'is catching up while changes are on their way',
      { peers: [peer({ lagChanges: 3 })] },
      'catching-up',
      /^Catching up$/,
    ],
    [
      'is catching up while a peer refuses a file',
      { peers: [peer({ deferredCount: 1 })] },
      'catching-up',
      /^Catching up$/,
    ],
    [
      'is catching up until the first contact',
      { peers: [peer({ state: 'connecting' })] },
      'catching-up',
      /^Catching up$/,
    ],
    ['asks for peers when there are none', { peers: [] }, 'alone', /^No peers yet$/],
    ['says that another process sends', { active: false }, 'standby', /^Standby$/],
    [
      'says that sending is paused, also when peers are lost',
      { paused: true, peers: [peer({ state: 'unreachable' })] },
      'paused',
      /^Paused$/,
    ],
    [
      'says first that deletions wait',
      { holds: 1, heldFiles: 30, paused: true },
      'held',
      /^Held: deletions wait for you$/,
    ],
    [
      'counts several holds',
      { holds: 2, heldFiles: 60 },
      'held',
      /^Held: 2 batches of deletions wait for you$/,
    ],
  ];
  for (const [title, facts, word, text] of rows) {
    it(title, () => {
      const state = headline({ ...well, ...facts });
      assert.equal(state.word, word);
      assert.match(state.text, text);
      assert.notEqual(state.detail, '');
    });
  }

  it('promises in the detail that nothing is lost while a peer is away', () => {
    const { detail } = headline({ ...well, peers: [peer({ state: 'unreachable', lagChanges: 214 })] });
    assert.equal(
      detail,
      '214 changes wait here and will be sent when the connection is back. Nothing is lost.',
    );
  });
});
