import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entry } from '../model/entry.js';
import type { IndexRow } from '../ports/index-store.js';
import type { Seen, SeenFile } from '../ports/work.js';
import { digestOf, fileKey, liveEntry, tombstone, versionOf } from '../testing/entries.js';
import { observe, type Observation, type ObserveInput } from './observe.js';

const nowMs = 2_000_000;
const file = fileKey('static', 'page.html');

const before = liveEntry('text', { modifiedMs: 1_500_000, mtimeMs: 1_400_000, version: versionOf({ z: 7 }) });
const deleted = tombstone({ modifiedMs: 1_500_000, version: versionOf({ z: 7 }) });

function onDisk(content: string, fields: Partial<SeenFile> = {}): SeenFile {
  return {
    kind: 'file',
    digest: digestOf(content),
    size: Buffer.byteLength(content),
    mode: 0o644,
    mtimeMs: 1_400_000,
    stamp: 'now',
    ...fields,
  };
}

function look(entry: Entry | undefined, seen: Seen, circumstances: Partial<ObserveInput> = {}): Observation {
  const row: IndexRow | undefined =
    entry === undefined
      ? undefined
      : {
          entry,
          sequence: 1,
          stamp: entry.state === 'live' ? 'then' : null,
          learnedFrom: null,
          recordedMs: 0,
        };
  return observe({ file, row, seen, node: 'web-1', nowMs, fresh: false, live: true, ...circumstances });
}

function recorded(observation: Observation): Entry {
  assert.equal(observation.do, 'record');
  return observation.entry;
}

describe('a file on disk', () => {
  it('is recorded when it is new', () => {
    assert.deepEqual(look(undefined, onDisk('text')), {
      do: 'record',
      stamp: 'now',
      entry: liveEntry('text', {
        mtimeMs: 1_400_000,
        version: versionOf({ 'web-1': 2000 }),
        modifiedMs: nowMs,
        modifiedBy: 'web-1',
      }),
    });
  });

  it('is recorded over a deletion, as a version that has seen it', () => {
    const entry = recorded(look(deleted, onDisk('text')));
    assert.equal(entry.state, 'live');
    assert.deepEqual(entry.version, versionOf({ z: 7, 'web-1': 2000 }));
  });

  it('means nothing when it is as recorded: the echo of our own commit', () => {
    assert.deepEqual(look(before, onDisk('text', { stamp: 'then' })), { do: 'nothing' });
  });

  it('is as recorded when only the mask of this server makes its mode differ, and an edit keeps the mode of its origin', () => {
    const wide = { ...before, mode: 0o666 };
    const masked = onDisk('text', { stamp: 'now', mode: 0o644 });
    assert.deepEqual(look(wide, masked, { modeMask: 0o755 }), { do: 'restamp', stamp: 'now' });
    assert.equal(look(wide, masked).do, 'record');
    assert.equal(look(wide, onDisk('text', { mode: 0o600 }), { modeMask: 0o755 }).do, 'record');
    const edit = recorded(look(wide, onDisk('new text', { mode: 0o644 }), { modeMask: 0o755 }));
    assert.equal(edit.state === 'live' && edit.mode, 0o666);
  });

  it('gets its new stamp remembered when only that differs', () => {
    assert.deepEqual(look(before, onDisk('text')), { do: 'restamp', stamp: 'now' });
  });

  it('is recorded when the content differs although size and mtime do not', () => {
    const entry = recorded(look(before, onDisk('tex!', { stamp: 'then' })));
    assert.equal(entry.state === 'live' && entry.digest, digestOf('tex!'));
    assert.deepEqual(entry.version, versionOf({ z: 7, 'web-1': 2000 }));
    assert.equal(entry.modifiedBy, 'web-1');
  });

  it('is recorded with its mtime exactly, even when that goes backwards', () => {
    const entry = recorded(look(before, onDisk('text', { mtimeMs: 5 })));
    assert.equal(entry.state === 'live' && entry.mtimeMs, 5);
  });

  it('is recorded with its new mode when only that differs', () => {
    const entry = recorded(look(before, onDisk('text', { mode: 0o600 })));
    assert.equal(entry.state === 'live' && entry.mode, 0o600);
    assert.equal(entry.state === 'live' && entry.digest, before.digest);
  });
});

describe('the time of a change', () => {
  const future = { ...before, modifiedMs: nowMs + 5_000 };
  const rows: readonly (readonly [title: string, observation: Observation, modifiedMs: number])[] = [
    ['is now when a hint told of it', look(before, onDisk('new')), nowMs],
    [
      'is after the version before it, although that came from a clock ahead',
      look(future, onDisk('new')),
      nowMs + 5_001,
    ],
    [
      'is the mtime when a scan met it',
      look(before, onDisk('new', { mtimeMs: 1_600_000 }), { live: false }),
      1_600_000,
    ],
    [
      'is after the version before it when a scan met an old mtime',
      look(before, onDisk('new'), { live: false }),
      1_500_001,
    ],
    [
      'is not in the future when a scan met an mtime ahead',
      look(before, onDisk('new', { mtimeMs: nowMs + 9 }), { live: false }),
      nowMs,
    ],
    ['is now for a deletion that a hint told of', look(before, { kind: 'missing', keptParents: 0 }), nowMs],
    [
      'is just after the version before it for a deletion that a scan met',
      look(before, { kind: 'missing', keptParents: 0 }, { live: false }),
      1_500_001,
    ],
    ['is after the deletion before it', look(deleted, onDisk('new'), { live: false }), 1_500_001],
  ];
  for (const [title, observation, modifiedMs] of rows) {
    it(title, () => assert.equal(recorded(observation).modifiedMs, modifiedMs));
  }
});

describe('a new index over existing files', () => {
  it('gives what it finds the empty version, older than any other', () => {
    for (const live of [true, false]) {
      const entry = recorded(look(undefined, onDisk('text'), { fresh: true, live }));
      assert.deepEqual(entry.version, versionOf({}));
      assert.equal(entry.modifiedMs, 1_400_000);
    }
  });

  it('versions a change of what it has already recorded', () => {
    const entry = recorded(look({ ...before, version: versionOf({}) }, onDisk('new'), { fresh: true }));
    assert.deepEqual(entry.version, versionOf({ 'web-1': 2000 }));
  });
});

describe('a file that is gone', () => {
  it('becomes a tombstone that has seen the file and knows which parents remained', () => {
    assert.deepEqual(look(before, { kind: 'missing', keptParents: 1 }), {
      do: 'record',
      stamp: null,
      entry: tombstone({
        keptParents: 1,
        version: versionOf({ z: 7, 'web-1': 2000 }),
        modifiedMs: nowMs,
        modifiedBy: 'web-1',
      }),
    });
  });

  it('becomes a tombstone that keeps all parents when a directory took its place', () => {
    const deep = fileKey('static', 'a/b/page.html');
    const entry = recorded(look({ ...before, ...deep }, { kind: 'directory' }, { file: deep }));
    assert.equal(entry.state === 'deleted' && entry.keptParents, 2);
    assert.equal(entry.path, deep.path);
  });

  const untold: readonly (readonly [title: string, entry: Entry | undefined, seen: Seen])[] = [
    ['means nothing when it was never known', undefined, { kind: 'missing', keptParents: 0 }],
    ['means nothing when its deletion is known', deleted, { kind: 'missing', keptParents: 0 }],
    ['means nothing when it was a directory all along', undefined, { kind: 'directory' }],
    ['means nothing when a directory follows its deletion', deleted, { kind: 'directory' }],
  ];
  for (const [title, entry, seen] of untold) {
    it(title, () => assert.deepEqual(look(entry, seen), { do: 'nothing' }));
  }
});

describe('what cannot be read is never deleted', () => {
  const rows: readonly (readonly [title: string, seen: Seen, code: string])[] = [
    ['a symbolic link', { kind: 'special', what: 'symlink' }, 'PATH_THROUGH_LINK'],
    ['a socket', { kind: 'special', what: 'socket' }, 'PATH_BLOCKED'],
    [
      'a file without permission',
      { kind: 'unreadable', code: 'FILE_UNREADABLE', message: 'no' },
      'FILE_UNREADABLE',
    ],
    ['a disk that fails', { kind: 'unreadable', code: 'STORAGE_FAILED', message: 'no' }, 'STORAGE_FAILED'],
    ['a file over the limit', { kind: 'too-large', size: 999 }, 'FILE_TOO_LARGE'],
  ];
  for (const [title, seen, code] of rows) {
    it(`${title} is reported`, () => {
      const observation = look(before, seen);
      assert.equal(observation.do, 'report');
      assert.equal(observation.code, code);
    });
  }

  it('a file that changes while it is read is taken again later', () => {
    assert.deepEqual(look(before, { kind: 'changing' }), { do: 'retry' });
  });
});
