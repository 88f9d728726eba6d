import { SyncError } from '../../model/error.js';
import type { NodeId } from '../../model/version-vector.js';
import { formatLiveDigest } from '../../rules/live-digest.js';
import type { Connection } from './connection.js';

/** What the index knows of itself: one row. */
export interface Meta {
  readonly indexId: string;
  readonly node: NodeId;
  readonly isFresh: boolean;
  readonly lastSequence: number;
  /** XOR of the marks of all live rows. */
  readonly live: bigint;
}

/** Reads and writes the row of `meta`. */
export interface MetaTable {
  /** Undefined in a database that was just made. */
  find(): Meta | undefined;
  /** Throws INDEX_DAMAGED when the row is gone. */
  read(): Meta;
  create(indexId: string, node: NodeId): void;
  /** A new life: another identity, the rows stay. */
  rename(indexId: string, node: NodeId): void;
  advance(lastSequence: number, live: bigint): void;
  settle(): void;
}

interface Stored {
  readonly index_id: string;
  readonly node: string;
  readonly fresh: number;
  readonly last_sequence: number;
  readonly live_digest: string;
}

/** The identity of the index in an open database. */
export function openMeta(connection: Connection): MetaTable {
  const select = connection.prepare<[], Stored>('read the identity of the index', 'SELECT * FROM meta');
  const insert = connection.prepare<[string, string, string]>(
    'write the identity of the index',
    'INSERT INTO meta VALUES (1, ?, ?, 1, 0, ?)',
  );
  const rename = connection.prepare<[string, string]>(
    'write the identity of the index',
    'UPDATE meta SET index_id = ?, node = ?',
  );
  const advance = connection.prepare<[number, string]>(
    'write the last sequence of the index',
    'UPDATE meta SET last_sequence = ?, live_digest = ?',
  );
  const settle = connection.prepare<[]>('mark the index as settled', 'UPDATE meta SET fresh = 0');
  const find = (): Meta | undefined => {
    const stored = select.get();
    return stored === undefined ? undefined : connection.trusting(() => parseMeta(stored));
  };
  return {
    find,
    read: () =>
      connection.trusting(() => {
        const meta = find();
        if (meta === undefined) throw damaged('its identity is gone');
        return meta;
      }),
    create: (indexId, node) => void insert.run(indexId, node, formatLiveDigest(0n)),
    rename: (indexId, node) => void rename.run(indexId, node),
    advance: (lastSequence, live) => void advance.run(lastSequence, formatLiveDigest(live)),
    settle: () => void settle.run(),
  };
}

function parseMeta(stored: Stored): Meta {
  if (!/^[0-9a-f]{32}$/.test(stored.live_digest)) throw damaged('its live digest is no hex number');
  return {
    indexId: stored.index_id,
    node: stored.node,
    isFresh: stored.fresh !== 0,
    lastSequence: stored.last_sequence,
    live: BigInt(`0x${stored.live_digest}`),
  };
}

function damaged(why: string): SyncError {
  return new SyncError(
    'INDEX_DAMAGED',
    `Could not read the index: ${why}; it is rebuilt when it is opened again.`,
  );
}
