import { statSync } from 'node:fs';
import { SyncError } from '../../model/error.js';
import type { NodeId } from '../../model/version-vector.js';
import type { Clock } from '../../ports/clock.js';
import type { IndexStore } from '../../ports/index-store.js';
import type { Log } from '../../ports/log.js';
import type { Random } from '../../ports/random.js';
import { formatLiveDigest } from '../../rules/live-digest.js';
import { waitForProcessLock } from '../process-lock.js';
import { isBusy } from './translate-error.js';
import { openActivity } from './activity.js';
import { openArchive } from './archive.js';
import type { Connection } from './connection.js';
import { openDeferred } from './deferred.js';
import { openEntries } from './entries.js';
import { openHolds } from './holds.js';
import { openLedger } from './ledger.js';
import { openMeta, type Meta, type MetaTable } from './meta.js';
import { openDatabase, type Durability } from './open-database.js';
import { openPeers, resetPeers } from './peers.js';

/** How to open the index of one node. */
export interface SqliteIndexOptions {
  /** Absolute path of the database; made with its directory when missing. Several processes may open the same one. */
  readonly file: string;
  readonly node: NodeId;
  readonly durability: Durability;
  readonly random: Random;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long to wait for another process that is opening the same index. */
const openingWaitMs = 10_000;

/**
 * Opens the index in a SQLite file. A missing or empty file begins a new index (`isFresh`), a damaged one is moved aside first.
 * A file that another node wrote is a cloned state directory: its rows stay, it gets a new index ID, and every peer is offered all
 * rows anew. Throws STATE_IN_USE while that node runs, NOT_PERMITTED, DISK_FULL or STORAGE_FAILED. The caller owes `close`; a crash loses no finished transaction.
 */
export function openSqliteIndex(options: SqliteIndexOptions): IndexStore {
  // One process at a time: else two could both move a damaged file aside, the second one the new file of the first.
  const lock = waitForProcessLock(`${options.file}.opening`, openingWaitMs);
  if (lock === null) {
    const message = `Could not open the index: another process has been opening it for ${openingWaitMs / 1000} s; end that one.`;
    throw new SyncError('STORAGE_FAILED', message);
  }
  try {
    const { connection, movedAside } = openDatabase(options);
    try {
      const index = assemble(connection, options);
      if (movedAside !== null) noteDamage(index, movedAside, options.clock.now());
      return index;
    } catch (error) {
      connection.close();
      throw error;
    }
  } finally {
    lock.release();
  }
}

function assemble(connection: Connection, options: SqliteIndexOptions): IndexStore {
  const metaTable = openMeta(connection);
  const { indexId } = identify(connection, metaTable, options);
  const inode = inodeOf(options.file);
  const ledger = openLedger(connection, metaTable, () => assertInPlace(options.file, inode));
  let isFresh = true;
  return {
    indexId,
    get isFresh() {
      isFresh &&= ledger.meta().isFresh;
      return isFresh;
    },
    markSettled: () => ledger.write(() => metaTable.settle()),
    lastSequence: () => ledger.meta().lastSequence,
    liveDigest: () => formatLiveDigest(ledger.meta().live),
    totals: () => ledger.totals(),
    transact: (write, transaction) => ledger.transact(write, transaction),
    ...openEntries(connection, ledger),
    peers: openPeers(connection, ledger),
    deferred: openDeferred(connection, ledger, options.clock),
    holds: openHolds(connection, ledger),
    archive: openArchive(connection, ledger),
    activity: openActivity(connection, ledger),
    close: () => connection.close(),
  };
}

/** The page tells what the log told: a person may never see the log. */
function noteDamage(index: IndexStore, movedAside: string, atMs: number): void {
  const message = `The index was damaged and is rebuilt from the folders; the old file is ${movedAside}`;
  const about = { folder: null, path: null, peer: null, bytes: 0, ms: null };
  index.activity.add([{ atMs, kind: 'note', code: 'INDEX_DAMAGED', message, ...about }]);
}

/** Makes sure that the index has an identity, and that it is this node's. */
function identify(connection: Connection, table: MetaTable, { node, random, log }: SqliteIndexOptions): Meta {
  const found = table.find();
  if (found?.node === node) return found;
  if (found !== undefined) assertUnused(connection, found.node, node);
  connection.execute('identify the index', 'BEGIN IMMEDIATE');
  if (found === undefined) {
    table.create(random.id(), node);
  } else {
    resetPeers(connection);
    table.rename(random.id(), node);
    log.warn(
      'The index was made by another node: a cloned state directory. It gets a new identity; its rows stay',
      {
        madeBy: found.node,
        node,
      },
    );
  }
  connection.execute('identify the index', 'COMMIT');
  return table.read();
}

/** A clone is a copy that nobody uses; a server that runs under the other name would lose its identity under way. */
function assertUnused(connection: Connection, other: NodeId, node: NodeId): void {
  try {
    // Only the sole connection to a database may leave the WAL mode.
    connection.pragma('journal_mode = DELETE');
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new SyncError(
      'STATE_IN_USE',
      `Could not open the index as "${node}": the server "${other}" runs with the same state directory. Give each its own (LOCKSTEP_STATE_DIR), or the same name when they are processes of one app.`,
      { cause: error, details: { node, other } },
    );
  }
  connection.pragma('journal_mode = WAL');
}

function inodeOf(file: string): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** Somebody may remove the state directory of a running server: what it wrote then would vanish when it ends. */
function assertInPlace(file: string, inode: bigint | undefined): void {
  if (inodeOf(file) === inode) return;
  const message =
    'Could not write to the index: its file was moved or removed while it was open; open it again.';
  throw new SyncError('INDEX_DAMAGED', message);
}
