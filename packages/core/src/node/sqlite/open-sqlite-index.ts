import { SyncError } from '../../model/error.js';
import type { NodeId } from '../../model/version-vector.js';
import type { Clock } from '../../ports/clock.js';
import type { IndexKeeper } from '../../ports/index-keeper.js';
import type { IndexStore } from '../../ports/index-store.js';
import type { Log } from '../../ports/log.js';
import type { Random } from '../../ports/random.js';
import { damageNote } from '../../replica/damage-note.js';
import { formatLiveDigest } from '../../rules/live-digest.js';
import { waitForProcessLock } from '../process-lock.js';
import { openActivity } from './activity.js';
import { openArchive } from './archive.js';
import type { Connection } from './connection.js';
import { openDeferred } from './deferred.js';
import { openEntries } from './entries.js';
import { openHolds } from './holds.js';
import { openLedger } from './ledger.js';
import { keepIndex, type IndexLife } from './keep-index.js';
import { openMeta } from './meta.js';
import { openDatabase, type Durability } from './open-database.js';
import { openPeers } from './peers.js';
import { createRenewableConnection, type RenewableConnection } from './renewable-connection.js';

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

/** The index in a SQLite file. */
export interface SqliteIndex extends IndexStore {
  /** Notices damage of its file while it is open, and replaces it. */
  readonly keeper: IndexKeeper;
}

/** How long to wait for another process that is opening the same index. */
const openingWaitMs = 10_000;

/**
 * Opens the index in a SQLite file. A missing or empty file begins a new index (`isFresh`), a damaged one is moved aside first.
 * A file that another node wrote is a cloned state directory: its rows stay, it gets a new index ID, and every peer is offered all
 * rows anew. Throws STATE_IN_USE while that node runs, NOT_PERMITTED, DISK_FULL or STORAGE_FAILED. The caller owes `close`; a crash loses no finished transaction.
 */
export function openSqliteIndex(options: SqliteIndexOptions): SqliteIndex {
  // One process at a time: else two could both move a damaged file aside, the second one the new file of the first.
  const lock = waitForProcessLock(`${options.file}.opening`, openingWaitMs);
  if (lock === null) {
    const message = `Could not open the index: another process has been opening it for ${openingWaitMs / 1000} s; end that one.`;
    throw new SyncError('STORAGE_FAILED', message);
  }
  try {
    const { connection, movedAside } = openDatabase(options);
    try {
      const index = assemble(connection, { ...options, movedAside });
      if (movedAside !== null) index.activity.add([damageNote(movedAside, options.clock.now())]);
      return index;
    } catch (error) {
      connection.close();
      throw error;
    }
  } finally {
    lock.release();
  }
}

function assemble(
  connection: Connection,
  options: SqliteIndexOptions & { readonly movedAside: string | null },
): SqliteIndex {
  const renewable = createRenewableConnection(connection);
  const metaTable = openMeta(renewable);
  const { life, keeper } = keepIndex(renewable, metaTable, options);
  const ledger = openLedger(renewable, metaTable, () => assertInPlace(renewable, life));
  return {
    get indexId() {
      return life.indexId;
    },
    get isFresh() {
      life.isFresh &&= ledger.meta().isFresh;
      return life.isFresh;
    },
    markSettled: () => ledger.write(() => metaTable.settle()),
    lastSequence: () => ledger.meta().lastSequence,
    liveDigest: () => formatLiveDigest(ledger.meta().live),
    totals: () => ledger.totals(),
    transact: (write, transaction) => ledger.transact(write, transaction),
    readTogether: (read) => ledger.readTogether(read),
    ...openEntries(renewable, ledger),
    peers: openPeers(renewable, ledger),
    deferred: openDeferred(renewable, ledger, options.clock),
    holds: openHolds(renewable, ledger),
    archive: openArchive(renewable, ledger),
    activity: openActivity(renewable, ledger),
    keeper,
    close: () => renewable.close(),
  };
}

/** Somebody may remove the state directory of a running server: what it wrote then would vanish when it ends. */
function assertInPlace(connection: RenewableConnection, life: IndexLife): void {
  connection.trusting(() => {
    if (life.watch.isInPlace()) return;
    const message =
      'Could not write to the index: its file was moved or removed while it was open; a new one is begun.';
    throw new SyncError('INDEX_DAMAGED', message);
  });
}
