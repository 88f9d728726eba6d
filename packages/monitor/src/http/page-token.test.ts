import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPageToken } from './page-token.js';

describe('The token of a page', () => {
  it('is the same in every process, also in one that starts after the index was begun anew', () => {
    let indexId = 'first';
    const early = createPageToken(() => indexId, 'password');
    const before = early.value;
    indexId = 'second';
    const late = createPageToken(() => indexId, 'password');
    assert.equal(early.accepts(late.value), true);
    assert.equal(late.accepts(early.value), true);
    assert.equal(late.accepts(before), false);
  });

  it('holds while a damaged index has no successor', () => {
    let isDamaged = false;
    const token = createPageToken(() => {
      if (isDamaged) throw new Error('damaged');
      return 'first';
    }, false);
    const { value } = token;
    isDamaged = true;
    assert.equal(token.accepts(value), true);
  });

  it('changes with the password, and nothing else is accepted', () => {
    const token = createPageToken(() => 'first', 'password');
    assert.equal(token.accepts(createPageToken(() => 'first', 'other').value), false);
    for (const bad of ['', undefined, null, 7, [token.value]]) assert.equal(token.accepts(bad), false);
  });
});
