import type { NodeId } from '../model/version-vector.js';
import type { Clock } from '../ports/clock.js';
import type { IndexStore } from '../ports/index-store.js';
import type { Random } from '../ports/random.js';
import { formatLiveDigest } from '../rules/live-digest.js';
import { memoryArchive } from './memory-index/archive.js';
import { entryReaders, entryWriters } from './memory-index/entries.js';
import { copyState, createState, readMeta, type State } from './memory-index/state.js';
import { memoryActivity, memoryDeferred, memoryHolds, memoryPeers } from './memory-index/tables.js';

/** What a memory index needs. */
export interface MemoryIndexOptions {
  readonly node: NodeId;
  readonly random: Random;
  readonly clock: Clock;
}

/** An index in memory that behaves as the one on disk does, also in a crash. */
export interface MemoryIndex extends IndexStore {
  /**
   * Ends this store as a crash or `close` of its process does, and gives what the next process opens: all finished transactions.
   * This store throws CLOSED from now on. With another `node` the next one behaves as a renamed server's.
   */
  crash(options?: { readonly node?: NodeId }): MemoryIndex;
  /** Like `crash`, and loses the last finished transactions too (at most 200): a power cut under durability 'os'. */
  powerCut(options: { readonly loseLastTransactions: number }): MemoryIndex;
  /** Finished lazy transactions that no durable one followed: what a power cut may take back under durability 'fsync'. */
  readonly unflushed: number;
  /** A copy of the state as a backup or a cloned disk holds it; this store goes on. */
  copy(options?: { readonly node?: NodeId }): MemoryIndex;
}

/** A new, fresh index in memory: deterministic, and cheap enough for thousands of simulated runs. */
export function createMemoryIndex(options: MemoryIndexOptions): MemoryIndex {
  const { node, random } = options;
  const state = createState({ indexId: random.id(), node, isFresh: true, lastSequence: 0, live: 0n });
  return openState(state, options);
}

function openState(state: State, options: MemoryIndexOptions): MemoryIndex {
  const { journal, meta } = state;
  identify(state, options);
  const next = (node: NodeId | undefined): MemoryIndex =>
    openState(copyState(state), { ...options, node: node ?? options.node });
  return {
    indexId: readMeta(state).indexId,
    get isFresh() {
      return readMeta(state).isFresh;
    },
    markSettled: () => journal.transact(() => meta.set('meta', { ...readMeta(state), isFresh: false })),
    lastSequence: () => readMeta(state).lastSequence,
    liveDigest: () => formatLiveDigest(readMeta(state).live),
    transact: (write, transaction) => journal.transact(write, transaction),
    readTogether: (read) => journal.readTogether(read),
    get unflushed() {
      return journal.unflushed;
    },
    ...entryReaders(state),
    ...entryWriters(state),
    peers: memoryPeers(state),
    deferred: memoryDeferred(state, options.clock),
    holds: memoryHolds(state),
    archive: memoryArchive(state),
    activity: memoryActivity(state),
    close: () => journal.close(),
    copy: ({ node } = {}) => next(node),
    crash: ({ node } = {}) => {
      journal.abandon();
      journal.close();
      return next(node);
    },
    powerCut: ({ loseLastTransactions }) => {
      journal.abandon();
      journal.lose(loseLastTransactions);
      journal.close();
      return next(undefined);
    },
  };
}

/** A state that another node made gets a new identity, and its peers start anew. */
function identify(state: State, { node, random }: MemoryIndexOptions): void {
  const known = readMeta(state);
  if (known.node === node) return;
  state.journal.transact(() => {
    state.meta.set('meta', { ...known, node, indexId: random.id() });
    for (const peer of state.peers.all()) {
      state.peers.set(peer.name, { ...peer, indexId: null, cursor: 0, baseline: known.lastSequence });
    }
    for (const row of state.deferred.all()) state.deferred.delete(`${row.peer}\0${row.folder}\0${row.path}`);
  });
}
