import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ActivityRow, ArchiveRow, HoldRow } from '../../ports/index-tables.js';
import { maxActivityRows } from '../../ports/index-tables.js';
import { digestOf, fileKey } from '../entries.js';
import { key, type OpenIndex } from './harness.js';

function hold(paths: readonly string[], fields: Partial<HoldRow> = {}): Omit<HoldRow, 'id'> {
  const base = { folder: 'static', reason: 'mass-deletion', peer: null, createdMs: 10 } as const;
  return { ...base, paths: paths.map((path) => key(path).path), ...fields };
}

function archived(content: string, fields: Partial<ArchiveRow> = {}): Omit<ArchiveRow, 'id'> {
  const base = { mode: 0o644, mtimeMs: 1, archivedMs: 100, reason: 'replaced', by: 'web-2' } as const;
  return { ...key('a'), digest: digestOf(content), size: content.length, ...base, ...fields };
}

function activity(message: string, fields: Partial<ActivityRow> = {}): Omit<ActivityRow, 'id'> {
  const base = {
    atMs: 1,
    kind: 'note',
    folder: null,
    path: null,
    peer: null,
    bytes: 0,
    ms: null,
    code: null,
  } as const;
  return { ...base, message, ...fields };
}

const unbounded = { olderThanMs: 0, maxBytes: 1e12, maxRows: 1e9 };

/** What every index records beside entries: holds, archive, activity. */
export function recordContract(open: OpenIndex): void {
  describe('holds', () => {
    it('keeps one open hold per folder and peer, and adds to it', (t) => {
      const { index, reopen } = open(t);
      const first = index.holds.add(hold(['b', 'a']));
      assert.equal(index.holds.add(hold(['c', 'a'], { reason: 'folder-emptied', createdMs: 99 })), first);
      const second = index.holds.add(hold(['a'], { peer: 'web-2' }));
      const third = index.holds.add(hold(['a'], { folder: 'instance' }));
      const rows = [
        { id: first, ...hold(['a', 'b', 'c']) },
        { id: second, ...hold(['a'], { peer: 'web-2' }) },
        { id: third, ...hold(['a'], { folder: 'instance' }) },
      ];
      assert.deepEqual(index.holds.list(), rows);
      assert.deepEqual(
        index.holds.counts(),
        rows.map(({ id, paths }) => ({ id, paths: paths.length })),
      );
      assert.deepEqual(index.holds.get(first), rows[0]);
      assert.equal(index.holds.get(999), undefined);
      assert.deepEqual(reopen().holds.list(), rows);
    });

    it('covers the paths that were observed here, not those a peer wanted deleted', (t) => {
      const { index } = open(t);
      const id = index.holds.add(hold(['a']));
      index.holds.add(hold(['b'], { peer: 'web-2' }));
      assert.equal(index.holds.covers(key('a')), true);
      assert.equal(index.holds.covers(key('b')), false);
      assert.equal(index.holds.covers(fileKey('instance', 'a')), false);
      index.holds.remove(id);
      assert.equal(index.holds.covers(key('a')), false);
    });

    it('ends when the last path is withdrawn', (t) => {
      const { index } = open(t);
      const id = index.holds.add(hold(['a', 'b']));
      index.holds.withdraw(id, [key('a').path, key('z').path]);
      assert.deepEqual(index.holds.get(id)?.paths, ['b']);
      index.holds.withdraw(id, [key('b').path]);
      assert.equal(index.holds.get(id), undefined);
      index.holds.withdraw(id, [key('b').path]);
      assert.deepEqual(index.holds.list(), []);
    });

    it('gives a later hold another id', (t) => {
      const { index } = open(t);
      const id = index.holds.add(hold(['a', 'b']));
      index.holds.remove(id);
      const next = index.holds.add(hold(['c']));
      assert.notEqual(next, id);
      assert.deepEqual(index.holds.list(), [{ id: next, ...hold(['c']) }]);
    });
  });

  describe('archive', () => {
    it('lists records newest first, by reason, folder and page', (t) => {
      const { index, reopen } = open(t);
      const rows = [
        archived('one', { archivedMs: 1 }),
        archived('two', { archivedMs: 3, reason: 'deleted' }),
        archived('three', { archivedMs: 2, ...fileKey('instance', 'b') }),
        archived('four', { archivedMs: 3, reason: 'conflict', mode: 0o600, mtimeMs: -5, by: 'web-3' }),
      ];
      const [one, two, three, four] = rows.map((row) => ({ id: index.archive.add(row), ...row }));
      assert.ok(one && two && three && four);
      const { archive } = reopen();
      assert.deepEqual(archive.list(), [four, two, three, one]);
      assert.deepEqual(archive.list({ reason: 'replaced' }), [three, one]);
      assert.deepEqual(archive.list({ folder: 'instance' }), [three]);
      assert.deepEqual(archive.list({ limit: 2, offset: 1 }), [two, three]);
      assert.deepEqual(archive.list({ offset: 3 }), [one]);
      assert.deepEqual(archive.get(two.id), two);
      assert.equal(archive.get(999), undefined);
    });

    it('counts the bytes of an object once', (t) => {
      const { index } = open(t);
      assert.deepEqual(index.archive.totals(), { rows: 0, bytes: 0 });
      for (const content of ['12345', '12345', '123']) index.archive.add(archived(content));
      assert.deepEqual(index.archive.totals(), { rows: 3, bytes: 8 });
      assert.equal(index.archive.has(digestOf('12345')), true);
      assert.equal(index.archive.has(digestOf('never')), false);
    });

    it('prunes nothing that is within bounds', (t) => {
      const { index } = open(t);
      index.archive.add(archived('1234', { archivedMs: 100 }));
      assert.deepEqual(index.archive.prune({ olderThanMs: 100, maxBytes: 4, maxRows: 1 }), []);
      assert.equal(index.archive.totals().rows, 1);
    });

    it('prunes by age, and gives only the content that no record names any more', (t) => {
      const { index } = open(t);
      index.archive.add(archived('shared', { archivedMs: 1 }));
      index.archive.add(archived('old', { archivedMs: 2 }));
      index.archive.add(archived('shared', { archivedMs: 3 }));
      assert.deepEqual(index.archive.prune({ ...unbounded, olderThanMs: 3 }), [digestOf('old')]);
      assert.deepEqual(
        index.archive.list().map((row) => row.archivedMs),
        [3],
      );
      assert.equal(index.archive.has(digestOf('shared')), true);
    });

    it('prunes the oldest records until bytes and count are within bounds', (t) => {
      const { index } = open(t);
      const contents = ['aaaa', 'bbbb', 'cccc', 'dddd'];
      contents.forEach((content, position) => index.archive.add(archived(content, { archivedMs: position })));
      assert.deepEqual(index.archive.prune({ ...unbounded, maxBytes: 13 }), [digestOf('aaaa')]);
      assert.deepEqual(index.archive.prune({ ...unbounded, maxRows: 1 }), [
        digestOf('bbbb'),
        digestOf('cccc'),
      ]);
      assert.deepEqual(index.archive.totals(), { rows: 1, bytes: 4 });
      assert.deepEqual(index.archive.prune({ ...unbounded, maxBytes: 0 }), [digestOf('dddd')]);
      assert.deepEqual(index.archive.totals(), { rows: 0, bytes: 0 });
    });
  });

  describe('activity', () => {
    it('lists rows newest first, by kind and page', (t) => {
      const { index, reopen } = open(t);
      const full = {
        ...activity('sent it', { atMs: 7, kind: 'sent', folder: 'static', path: 'a', peer: 'web-2' }),
        bytes: 9,
        ms: 1.5,
        code: 'DISK_FULL' as const,
      };
      index.activity.add([activity('1'), activity('2'), full]);
      index.activity.add([]);
      index.activity.add([activity('4')]);
      const { activity: store } = reopen();
      const messages = store.list().map((row) => row.message);
      assert.deepEqual(messages, ['4', 'sent it', '2', '1']);
      const [sent] = store.list({ kind: 'sent' });
      assert.ok(sent);
      assert.deepEqual(sent, { ...full, id: sent.id });
      assert.deepEqual(
        store.list({ beforeId: sent.id, limit: 1 }).map((row) => row.message),
        ['2'],
      );
    });

    it('keeps the newest rows only', (t) => {
      const { index } = open(t);
      index.activity.add(
        Array.from({ length: maxActivityRows + 3 }, (_, position) => activity(`${position}`)),
      );
      index.activity.add([activity('last')]);
      const rows = index.activity.list();
      assert.equal(rows.length, maxActivityRows);
      assert.equal(rows[0]?.message, 'last');
      assert.equal(rows.at(-1)?.message, '4');
    });
  });
}
