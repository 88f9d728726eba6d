import { SyncError, type IndexStore } from '@lockstep/core';

/** What the simulation does around the transactions of a server's index. */
export interface IndexGate {
  /** Asked before each transaction: 'killed' throws into code that nobody hears any more, 'full' fails the transaction. */
  beforeTransaction(): 'go' | 'full';
}

/** The index as one life of a server reaches it. */
export function gateIndex(index: IndexStore, gate: IndexGate): IndexStore {
  let depth = 0;

  function guarded<T>(write: () => T): T {
    if (depth === 0 && gate.beforeTransaction() === 'full') {
      throw new SyncError('DISK_FULL', 'Could not write the index: the disk is full; free some space.');
    }
    depth += 1;
    try {
      return write();
    } finally {
      depth -= 1;
    }
  }

  return {
    ...index,
    get isFresh() {
      return index.isFresh;
    },
    markSettled: () => guarded(() => index.markSettled()),
    transact: (write, options) => guarded(() => index.transact(write, options)),
    put: (row) => guarded(() => index.put(row)),
    restamp: (file, stamp) => guarded(() => index.restamp(file, stamp)),
    forget: (file) => guarded(() => index.forget(file)),
    holds: {
      ...index.holds,
      add: (hold) => guarded(() => index.holds.add(hold)),
      withdraw: (id, paths) => guarded(() => index.holds.withdraw(id, paths)),
    },
    archive: { ...index.archive, add: (row) => guarded(() => index.archive.add(row)) },
    deferred: {
      ...index.deferred,
      save: (row) => guarded(() => index.deferred.save(row)),
      remove: (peer, file) => guarded(() => index.deferred.remove(peer, file)),
      hasten: (peer) => guarded(() => index.deferred.hasten(peer)),
    },
    peers: { ...index.peers, save: (row) => guarded(() => index.peers.save(row)) },
  };
}
