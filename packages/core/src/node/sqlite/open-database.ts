import { createFile, syncDirectoryOf } from '../create-file.js';
import { isSyncError, type SyncError } from '../../model/error.js';
import type { Log } from '../../ports/log.js';
import type { Clock } from '../../ports/clock.js';
import { openConnection, type Connection } from './connection.js';
import { checkDatabase, moveAside } from './damage.js';
import { assertOurs, migrate } from './schema.js';
import { translateError } from './translate-error.js';

/** When a write counts as durable: on the disk itself, or handed to the operating system. */
export type Durability = 'fsync' | 'os';

/** What opening a database needs. */
export interface DatabaseOptions {
  readonly file: string;
  readonly durability: Durability;
  readonly clock: Clock;
  readonly log: Log;
}

/** An open database. */
export interface OpenDatabase {
  readonly connection: Connection;
  /** Where the damaged one before it went, without the directory; null when there was no damage. */
  readonly movedAside: string | null;
}

/**
 * Opens the database, with its schema in place and its pages checked. A damaged one is moved aside and a new one begun: its
 * content can be rebuilt, and staying down would stop the app. Any other failure throws and leaves the file as it is.
 */
export function openDatabase(options: DatabaseOptions): OpenDatabase {
  try {
    return { connection: openChecked(options), movedAside: null };
  } catch (error) {
    if (!isSyncError(error, 'INDEX_DAMAGED')) throw error;
    return beginAnew(options, error);
  }
}

/** Moves what stands in the place of the database aside and begins a new one. */
export function beginAnew(options: DatabaseOptions, damage: SyncError): OpenDatabase {
  const { file, clock, log } = options;
  const movedAside = moveAside(file, clock.now());
  const fields = { movedTo: movedAside, reason: damage.message };
  if (movedAside !== null)
    log.error('The index was damaged and is rebuilt from the folders; the old file was moved aside', fields);
  const connection = openChecked(options);
  if (movedAside === null) log.error('The index was gone and is rebuilt from the folders', fields);
  return { connection, movedAside };
}

/** Opens the database, made when it is missing. Throws INDEX_DAMAGED, and what opening throws. */
export function openChecked({ file, durability }: DatabaseOptions): Connection {
  const isNew = create(file);
  const connection = openConnection(file);
  try {
    assertOurs(connection);
    configure(connection, durability);
    if (!isNew) checkDatabase(connection);
    migrate(connection);
    if (isNew && durability === 'fsync') syncDirectoryOf(file);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function create(file: string): boolean {
  try {
    return createFile(file);
  } catch (error) {
    throw translateError(error, 'make the index file');
  }
}

/**
 * WAL lets readers and one writer work at once. synchronous=FULL syncs each commit: the answer to a peer means durable, and an
 * index that lost rows which the disk kept would take applied changes for newer local edits. The cache is small because the
 * operating system caches the same pages, and the host app should not notice us. For the same reason the journal is written back
 * every 1,000 pages: of transactions of 250 rows one in eight then takes 15 to 18 ms instead of 7. At 4,000 pages a third more rows
 * are written per second, but the longest transaction takes 20 to 30 ms.
 */
function configure(connection: Connection, durability: Durability): void {
  const settings = [
    'journal_mode = WAL',
    `synchronous = ${durability === 'fsync' ? 'FULL' : 'NORMAL'}`,
    'foreign_keys = OFF',
    'cache_size = -4096',
    'temp_store = MEMORY',
    'wal_autocheckpoint = 1000',
    'journal_size_limit = 16777216',
  ];
  for (const setting of settings) connection.pragma(setting);
}
