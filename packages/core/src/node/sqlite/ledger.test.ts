import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { isSyncError } from '../../model/error.js';
import { silentLog } from '../../ports/log.js';
import { fileRow, key } from '../../testing/index-contract/harness.js';
import { openConnection, type Connection } from './connection.js';
import { openEntries, type EntryTable } from './entries.js';
import { openLedger, type Ledger } from './ledger.js';
import { openMeta } from './meta.js';
import { openDatabase } from './open-database.js';
import { createBench } from './temporary.test.support.js';

interface Parts {
  readonly connection: Connection;
  readonly ledger: Ledger;
  readonly entries: EntryTable;
}

/** The parts of an index on a disk that has room for about 200 rows. */
function openOnSmallDisk(t: TestContext): Parts {
  const { file, clock } = createBench(t);
  mkdirSync(dirname(file), { recursive: true });
  const { connection } = openDatabase({ file, clock, log: silentLog, durability: 'os' });
  t.after(() => connection.close());
  const meta = openMeta(connection);
  meta.create('f'.repeat(32), 'a');
  const ledger = openLedger(connection, meta, () => undefined);
  connection.pragma(`max_page_count = ${Number(connection.pragma('page_count')) + 20}`);
  return { connection, ledger, entries: openEntries(connection, ledger) };
}

function fillUp(entries: EntryTable): void {
  for (let row = 0; row < 1_000; row += 1) entries.put(fileRow(`page-${row}.html`));
}

describe('the ledger on a full disk', () => {
  it('answers DISK_FULL and keeps rows and sums in agreement', (t) => {
    const { ledger, entries } = openOnSmallDisk(t);
    entries.put(fileRow('before'));
    const run = (): void => ledger.transact(() => fillUp(entries));
    assert.throws(run, (error) => isSyncError(error, 'DISK_FULL'));
    assert.equal(entries.rows('static').length, 1);
    assert.equal(ledger.meta().lastSequence, 1);
    assert.deepEqual(
      ledger.totals().map((total) => total.files),
      [1],
    );
    assert.equal(entries.put(fileRow('after')), 2);
  });

  it('writes nothing outside a transaction that SQLite took back, even when its failure was swallowed', (t) => {
    const { connection, ledger, entries } = openOnSmallDisk(t);
    const run = (): void =>
      ledger.transact(() => {
        assert.throws(() => fillUp(entries));
        connection.execute('play a disk that is full for good', 'ROLLBACK');
        entries.put(fileRow('orphan'));
      });
    assert.throws(
      run,
      (error) => isSyncError(error, 'STORAGE_FAILED') && error.message.includes('took the whole'),
    );
    assert.equal(entries.get(key('orphan')), undefined);
    assert.equal(ledger.meta().lastSequence, 0);
    assert.equal(entries.put(fileRow('after')), 1);
  });

  it('does not commit the rest of a transaction that SQLite took back', (t) => {
    const { connection, ledger, entries } = openOnSmallDisk(t);
    const run = (): void =>
      ledger.transact(() => {
        entries.put(fileRow('lost'));
        connection.execute('play a disk that is full for good', 'ROLLBACK');
      });
    assert.throws(run, (error) => isSyncError(error, 'STORAGE_FAILED'));
    assert.equal(ledger.meta().lastSequence, 0);
  });
});

describe('a connection', () => {
  it('answers STORAGE_FAILED when another one is writing for too long', (t) => {
    const { file, open } = createBench(t);
    const index = open();
    const other = openConnection(file, 0);
    t.after(() => other.close());
    index.transact(() => {
      index.put(fileRow('a'));
      assert.throws(
        () => other.execute('write beside it', 'BEGIN IMMEDIATE'),
        (error) => isSyncError(error, 'STORAGE_FAILED') && error.details['sqlite'] === 'SQLITE_BUSY',
      );
    });
  });
});
