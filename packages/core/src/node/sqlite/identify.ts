import { SyncError } from '../../model/error.js';
import type { NodeId } from '../../model/version-vector.js';
import type { Log } from '../../ports/log.js';
import type { Random } from '../../ports/random.js';
import type { Connection } from './connection.js';
import type { Meta, MetaTable } from './meta.js';
import { resetPeers } from './peers.js';
import { isBusy } from './translate-error.js';

/** Whose index it is to be. */
export interface Identity {
  readonly node: NodeId;
  readonly random: Random;
  readonly log: Log;
}

/** Makes sure that the index has an identity, and that it is this node's. Throws STATE_IN_USE when the one of another node, which runs. */
export function identify(connection: Connection, table: MetaTable, { node, random, log }: Identity): Meta {
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
