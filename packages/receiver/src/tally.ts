import type { ErrorCode, NodeId } from '@lockstep/core';

/** What a peer, or a script, asked for. */
export type Operation = 'upload' | 'delete';

/** Counts since the receiver was created. */
export interface Tally {
  /** Changes that are durable here. */
  ok(operation: Operation): void;
  /** A change, or a whole request (`operation` null), that was refused. */
  failed(operation: Operation | null, code: ErrorCode): void;
  /** Bytes of content that arrived, also of refused ones. */
  bytes(count: number): void;
  contact(node: NodeId, nowMs: number): void;
  read(): TallyStatus;
}

export interface TallyStatus {
  readonly totals: Readonly<Record<Operation, { readonly ok: number; readonly failed: number }>>;
  readonly bytesReceived: number;
  readonly failures: Readonly<Partial<Record<ErrorCode, number>>>;
  readonly peers: readonly { readonly name: NodeId; readonly lastContactMs: number }[];
}

/** How many peers are remembered: only holders of the secret are counted, but a name costs them nothing. */
const maxPeers = 256;

export function createTally(): Tally {
  const totals = { upload: { ok: 0, failed: 0 }, delete: { ok: 0, failed: 0 } };
  const failures = new Map<ErrorCode, number>();
  const contacts = new Map<NodeId, number>();
  let bytesReceived = 0;

  return {
    ok(operation) {
      totals[operation].ok += 1;
    },
    failed(operation, code) {
      if (operation) totals[operation].failed += 1;
      failures.set(code, (failures.get(code) ?? 0) + 1);
    },
    bytes(count) {
      bytesReceived += count;
    },
    contact(node, nowMs) {
      contacts.delete(node);
      contacts.set(node, nowMs);
      const [oldest] = contacts.keys();
      if (contacts.size > maxPeers && oldest !== undefined) contacts.delete(oldest);
    },
    read: () => ({
      totals: structuredClone(totals),
      bytesReceived,
      failures: Object.fromEntries(failures),
      peers: [...contacts].map(([name, lastContactMs]) => ({ name, lastContactMs })),
    }),
  };
}
