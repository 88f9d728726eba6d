import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSeededRandom } from '@lockstep/core/testing';
import { createAcknowledgements } from './acknowledgements.js';

describe('Acknowledgements', () => {
  it('move the cursor over what is answered without a gap', () => {
    const rows = createAcknowledgements<string>(10);
    for (const sequence of [11, 12, 14]) rows.read(sequence, `row ${sequence}`);
    assert.equal(rows.cursor, 10);
    rows.acknowledge(12);
    assert.equal(rows.cursor, 10);
    rows.acknowledge(11);
    assert.equal(rows.cursor, 13);
    rows.acknowledge(14);
    assert.equal(rows.cursor, 14);
  });

  it('pass over rows that need nothing, and over sequences that vanished', () => {
    const rows = createAcknowledgements<string>(0);
    rows.read(3, 'row');
    rows.pass(7);
    assert.equal(rows.cursor, 2);
    rows.acknowledge(3);
    assert.equal(rows.cursor, 7);
  });

  it('never move the cursor over an open row, in whatever order the answers come', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const random = createSeededRandom(seed);
      const rows = createAcknowledgements<number>(0);
      const open = new Set<number>();
      let sequence = 0;
      for (let step = 0; step < 50; step += 1) {
        if (open.size === 0 || random.chance(0.5)) {
          sequence += 1 + random.below(3);
          if (random.chance(0.2)) rows.pass(sequence);
          else {
            rows.read(sequence, sequence);
            open.add(sequence);
          }
        } else {
          const answered = random.pick([...open]);
          open.delete(answered);
          rows.acknowledge(answered);
        }
        const expected = open.size === 0 ? sequence : Math.min(...open) - 1;
        assert.equal(rows.cursor, expected, `seed ${seed}, step ${step}`);
        assert.equal(rows.open, open.size);
      }
    }
  });
});
