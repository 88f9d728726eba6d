import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorCatalogue } from '@lockstep/core';
import { plain, readDocument, tableRows } from './document.js';

const rows = tableRows(readDocument('docs/errors.md'));

describe('docs/errors.md', () => {
  it('lists every code of the catalogue once, in its order', () => {
    assert.deepEqual(
      rows.map((row) => plain(row['code'])),
      Object.keys(errorCatalogue),
    );
  });

  for (const [code, { status, retryable, remedy }] of Object.entries(errorCatalogue)) {
    it(`says of ${code} what the catalogue says`, () => {
      const row = rows.find((each) => plain(each['code']) === code);
      assert.equal(row?.['status'], String(status));
      assert.equal(row['tried again'], retryable ? 'yes' : 'no');
      assert.equal(row['what to do'], remedy);
      assert.match(row['when'] ?? '', /^[A-Z`].*\.$/u, 'when it happens is a sentence');
    });
  }
});
