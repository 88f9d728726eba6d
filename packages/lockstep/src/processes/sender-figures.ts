import type { SenderStatus } from '@lockstep/sender';

/** The status of a host’s sender, as any of its processes tells it. */
export interface HostSenderStatus extends SenderStatus {
  /**
   * In a process that does not send: which one does, as far as it was heard of, and how old its figures are. Null in the process that
   * sends, and while none was heard of.
   */
  readonly elsewhere: { readonly pid: number; readonly ageMs: number } | null;
}

/** What another process told of its sender; null when it has not the shape of a status. */
export function parseSenderFigures(told: Readonly<Record<string, unknown>>): SenderStatus | null {
  const lists = ['peers', 'problems'].every((key) => isListOfObjects(told[key]));
  const objects = ['watching', 'observing', 'latency', 'totals', 'skipped'].every((key) =>
    isObject(told[key]),
  );
  const flags = ['active', 'paused'].every((key) => typeof told[key] === 'boolean');
  return lists && objects && flags ? (told as unknown as SenderStatus) : null;
}

/** Counts of the process that sent before go on in the one that sends now; what was is not counted twice. */
export function withEarlier(now: SenderStatus, earlier: SenderStatus | null): SenderStatus {
  if (earlier === null) return now;
  const sentBefore = new Map(earlier.peers.map((peer) => [peer.url, peer.sent]));
  const { pending, ...observed } = now.observing;
  return {
    ...now,
    totals: {
      upload: addCounts(now.totals.upload, earlier.totals.upload),
      delete: addCounts(now.totals.delete, earlier.totals.delete),
      move: addCounts(now.totals.move, earlier.totals.move),
    },
    observing: { ...addCounts(observed, earlier.observing), pending },
    peers: now.peers.map((peer) => ({ ...peer, sent: addCounts(peer.sent, sentBefore.get(peer.url)) })),
  };
}

/** Adds number by number; what the other lacks counts as nothing. */
function addCounts<T extends object>(now: T, earlier: Partial<Record<keyof T, unknown>> | undefined): T {
  const sums = Object.entries(now).map(([key, value]) => {
    const before = earlier?.[key as keyof T];
    return [
      key,
      typeof value === 'number' && typeof before === 'number' ? value + before : (value as unknown),
    ];
  });
  return Object.fromEntries(sums) as T;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}
