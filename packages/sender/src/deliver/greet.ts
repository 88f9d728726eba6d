import { SyncError, type Hello, type IndexStore, type NodeId, type PeerRow } from '@lockstep/core';

/** Who answered a hello. */
export type Greeting =
  | { readonly who: 'self' }
  /** Another server under this server's name. */
  | { readonly who: 'impostor'; readonly error: SyncError }
  | { readonly who: 'peer'; readonly row: PeerRow };

/**
 * Meets a peer: where its cursor stands. A peer that is new, or whose index was lost, may have any of the files, so that everything
 * is offered again from the beginning, and nothing is sent unasked.
 */
export function greet(hello: Hello, self: { readonly node: NodeId; readonly index: IndexStore }): Greeting {
  const { node, index } = self;
  if (hello.node === node && hello.indexId === index.indexId) return { who: 'self' };
  if (hello.node === node) return { who: 'impostor', error: nameTaken(node) };
  const known = index.peers.get(hello.node);
  const last = index.lastSequence();
  if (known?.indexId === hello.indexId && known.cursor <= last) return { who: 'peer', row: known };
  const lastContactMs = known?.lastContactMs ?? null;
  const row: PeerRow = { name: hello.node, indexId: hello.indexId, cursor: 0, baseline: last, lastContactMs };
  index.peers.save(row);
  return { who: 'peer', row };
}

function nameTaken(node: NodeId): SyncError {
  return new SyncError(
    'PEER_NAME_TAKEN',
    `Another server calls itself "${node}" too. Give every server its own LOCKSTEP_NAME.`,
    {
      details: { node },
    },
  );
}

/** The failure of an address whose server another address leads to already. */
export function sameServerTwice(node: NodeId, url: string): SyncError {
  return new SyncError(
    'PEER_NAME_TAKEN',
    `${url} leads to "${node}", which another address of LOCKSTEP_PEERS leads to already. Remove one of the two, or give each server its own name.`,
    { details: { node, url } },
  );
}
