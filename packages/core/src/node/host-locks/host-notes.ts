import type { HostStore } from '../../ports/host-store.js';
import { createFile } from '../create-file.js';
import { openConnection } from '../sqlite/connection.js';
import { openDeletionNotes, openPermitNotes } from './deletion-notes.js';
import { openNonceNotes } from './nonce-notes.js';

/** The host's common knowledge in an open database. The caller owes `close`. */
export interface HostNotes extends HostStore {
  close(): void;
}

const tables = `
  CREATE TABLE IF NOT EXISTS life (one INTEGER PRIMARY KEY CHECK (one = 1), began_ms INTEGER NOT NULL, paused INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS nonces (
    node TEXT NOT NULL, nonce TEXT NOT NULL, time_ms INTEGER NOT NULL, arrived_ms INTEGER NOT NULL,
    PRIMARY KEY (node, nonce)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS nonce_arrived ON nonces (arrived_ms);
  CREATE TABLE IF NOT EXISTS floors (node TEXT PRIMARY KEY, floor_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS permits (
    folder TEXT NOT NULL, path TEXT NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY (folder, path)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS deletions (
    id INTEGER PRIMARY KEY, folder TEXT NOT NULL, source TEXT NOT NULL, at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS deletion_time ON deletions (folder, source, at_ms);
`;

/**
 * Opens what the processes of this host know together, in a database that is never flushed: it is begun anew when none of them
 * lives. `nowMs` is when it began, if it begins.
 */
export function openHostNotes(file: string, nowMs: number): HostNotes {
  createFile(file);
  const connection = openConnection(file);
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = OFF');
  connection.execute('make the notes of the host', tables);
  connection
    .prepare<[number]>('begin the notes of the host', 'INSERT OR IGNORE INTO life VALUES (1, ?, 0)')
    .run(nowMs);
  const paused = connection.prepare<[], { readonly paused: number }>(
    'read whether sending is paused',
    'SELECT paused FROM life',
  );
  const setPaused = connection.prepare<[number]>('pause or resume sending', 'UPDATE life SET paused = ?');
  return {
    nonces: openNonceNotes(connection),
    permits: openPermitNotes(connection),
    deletions: openDeletionNotes(connection),
    isPaused: () => paused.get()?.paused === 1,
    setPaused: (value) => void setPaused.run(value ? 1 : 0),
    close: () => connection.close(),
  };
}
