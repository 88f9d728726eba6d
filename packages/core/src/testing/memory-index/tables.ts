import { compareBytes } from '../../model/compare-bytes.js';
import { keyOf } from '../../model/path.js';
import type { Clock } from '../../ports/clock.js';
import {
  maxActivityRows,
  type ActivityStore,
  type DeferredRow,
  type DeferredStore,
  type HoldStore,
  type PeerStore,
} from '../../ports/index-tables.js';
import { nextId, type State } from './state.js';

/** The peers in memory. */
export function memoryPeers({ journal, peers, deferred }: State): PeerStore {
  return {
    get: (name) => peers.get(name),
    list: () => peers.all().sort((a, b) => compareBytes(a.name, b.name)),
    save: (row) => journal.transact(() => peers.set(row.name, { ...row })),
    remove: (name) =>
      journal.transact(() => {
        peers.delete(name);
        for (const row of deferred.all()) if (row.peer === name) deferred.delete(deferredKey(row));
      }),
  };
}

/** The deferred rows in memory. */
export function memoryDeferred({ journal, deferred }: State, clock: Clock): DeferredStore {
  const of = (peer?: string): DeferredRow[] =>
    deferred.all().filter((row) => peer === undefined || row.peer === peer);
  return {
    save: (row) => journal.transact(() => deferred.set(deferredKey(row), { ...row })),
    remove: (peer, file) => journal.transact(() => deferred.delete(deferredKey({ ...file, peer }))),
    due: (peer, nowMs, limit) =>
      of(peer)
        .filter((row) => row.nextTryMs <= nowMs)
        .sort((a, b) => a.nextTryMs - b.nextTryMs || a.sequence - b.sequence || compareKeys(a, b))
        .slice(0, limit),
    nextTryMs: (peer) => {
      const times = of(peer).map((row) => row.nextTryMs);
      return times.length === 0 ? null : Math.min(...times);
    },
    list: (peer, limit) =>
      of(peer)
        .sort((a, b) => b.firstMs - a.firstMs || compareKeys(a, b))
        .slice(0, limit),
    count: (peer) => of(peer).length,
    hasten: (peer) =>
      journal.transact(() => {
        for (const row of of(peer)) {
          deferred.set(deferredKey(row), { ...row, nextTryMs: Math.min(row.nextTryMs, clock.now()) });
        }
      }),
  };
}

function deferredKey(row: Pick<DeferredRow, 'peer' | 'folder' | 'path'>): string {
  return `${row.peer}\0${keyOf(row)}`;
}

function compareKeys(a: DeferredRow, b: DeferredRow): number {
  return compareBytes(deferredKey(a), deferredKey(b));
}

/** The holds in memory. */
export function memoryHolds(state: State): HoldStore {
  const { journal, holds } = state;
  return {
    add: (hold) =>
      journal.transact(() => {
        const open = holds.all().find((row) => row.folder === hold.folder && row.peer === hold.peer);
        const id = open?.id ?? nextId(state, 'holds');
        const paths = [...new Set([...(open?.paths ?? []), ...hold.paths])].sort(compareBytes);
        holds.set(id, { ...(open ?? hold), id, paths });
        return id;
      }),
    get: (id) => holds.get(id),
    list: () => holds.all().sort((a, b) => a.id - b.id),
    counts: () =>
      holds
        .all()
        .map(({ id, paths }) => ({ id, paths: paths.length }))
        .sort((a, b) => a.id - b.id),
    covers: (file) =>
      holds
        .all()
        .some((row) => row.peer === null && row.folder === file.folder && row.paths.includes(file.path)),
    withdraw: (id, paths) =>
      journal.transact(() => {
        const hold = holds.get(id);
        if (hold === undefined) return;
        const kept = hold.paths.filter((path) => !paths.includes(path));
        if (kept.length === 0) holds.delete(id);
        else holds.set(id, { ...hold, paths: kept });
      }),
    remove: (id) => journal.transact(() => holds.delete(id)),
  };
}

/** The page's history in memory. */
export function memoryActivity(state: State): ActivityStore {
  const { journal, activity } = state;
  return {
    add: (rows) =>
      journal.transact(() => {
        for (const row of rows) {
          const id = nextId(state, 'activity');
          activity.set(id, { ...row, id });
          activity.delete(id - maxActivityRows);
        }
      }),
    list: (query = {}) =>
      activity
        .all()
        .filter((row) => query.beforeId === undefined || row.id < query.beforeId)
        .filter((row) => query.kind === undefined || row.kind === query.kind)
        .sort((a, b) => b.id - a.id)
        .slice(0, query.limit),
  };
}
