import { SyncError } from '../../model/error.js';
import type { Connection } from './connection.js';

/** Marks a database as ours ("LKST"), so that another program's file is never written to. */
export const applicationId = 0x4c_4b_53_54;

/**
 * Each step brings the schema from the version before it (`user_version`) to its own. Never change a released step: add one.
 *
 * `entries` is a table by sequence with a unique index on folder and path: of three layouts measured at 100,000 rows it reads the
 * outbox fastest (335 ms against 370 and 571 in pages of 250) and is the smallest on disk (36 MB against 38 and 43).
 */
const steps: readonly string[] = [
  `
  CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    index_id TEXT NOT NULL,
    node TEXT NOT NULL,
    fresh INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    live_digest TEXT NOT NULL
  ) STRICT;
  CREATE TABLE folder_totals (
    folder TEXT PRIMARY KEY,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    tombstones INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY,
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    version TEXT NOT NULL,
    modified_ms INTEGER NOT NULL,
    modified_by TEXT NOT NULL,
    digest TEXT,
    size INTEGER,
    mode INTEGER,
    mtime_ms INTEGER,
    kept_parents INTEGER,
    released INTEGER,
    stamp TEXT,
    learned_from TEXT,
    recorded_ms INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX entry_path ON entries (folder, path);
  CREATE INDEX entry_digest ON entries (digest) WHERE deleted = 0;

  CREATE TABLE peers (
    name TEXT PRIMARY KEY,
    index_id TEXT,
    cursor INTEGER NOT NULL,
    baseline INTEGER NOT NULL,
    last_contact_ms INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE deferred (
    peer TEXT NOT NULL,
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    next_try_ms INTEGER NOT NULL,
    PRIMARY KEY (peer, folder, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deferred_due ON deferred (peer, next_try_ms);

  CREATE TABLE holds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder TEXT NOT NULL,
    reason TEXT NOT NULL,
    peer TEXT,
    created_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE hold_paths (
    hold INTEGER NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (hold, path)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE archive (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    mtime_ms INTEGER NOT NULL,
    archived_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    by TEXT NOT NULL
  ) STRICT;
  CREATE INDEX archive_age ON archive (archived_ms);
  CREATE INDEX archive_digest ON archive (digest, size);

  CREATE TABLE activity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    folder TEXT,
    path TEXT,
    peer TEXT,
    bytes INTEGER NOT NULL,
    ms REAL,
    code TEXT,
    message TEXT
  ) STRICT;
  `,
];

/**
 * Makes sure that the database is empty or ours and that this release can read it, before anything is written. Throws
 * STORAGE_FAILED otherwise: such a file is whole, so it must not be replaced by an empty one.
 */
export function assertOurs(connection: Connection): void {
  const version = Number(connection.pragma('user_version'));
  const owner = Number(connection.pragma('application_id'));
  const tables = connection
    .prepare<[], { count: number }>(
      'read the schema of the index',
      'SELECT COUNT(*) AS count FROM sqlite_schema',
    )
    .get();
  const isEmpty = tables?.count === 0 && version === 0;
  if (!isEmpty && owner !== applicationId) {
    const message =
      'Could not open the index: its file is a database of another program; ' +
      'move it away, or give the server a state directory of its own (LOCKSTEP_STATE_DIR).';
    throw new SyncError('STORAGE_FAILED', message);
  }
  if (version > steps.length) {
    const message =
      `Could not open the index: its schema is version ${version}, this release knows ${steps.length}; ` +
      'run the newer release again, or move the index file away to rebuild it.';
    throw new SyncError('STORAGE_FAILED', message, { details: { version, known: steps.length } });
  }
}

/** Brings the schema up to date, all or nothing. */
export function migrate(connection: Connection): void {
  const version = Number(connection.pragma('user_version'));
  if (version === steps.length) return;
  const script = steps.slice(version).join('\n');
  connection.execute(
    'create the tables of the index',
    `BEGIN IMMEDIATE; ${script} PRAGMA user_version = ${steps.length}; PRAGMA application_id = ${applicationId}; COMMIT;`,
  );
}
