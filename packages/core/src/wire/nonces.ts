import { isSyncError, SyncError } from '../model/error.js';
import type { NodeId } from '../model/version-vector.js';
import type { NonceStore } from '../ports/host-store.js';
import { maxSkewMs, type VerifiedRequest } from './signature.js';

/** Remembers which requests came, so that a recorded one cannot be sent again. */
export interface NonceCache {
  /** Takes the request's nonce. Throws NONCE_REUSED, or SIGNATURE_EXPIRED for one too old to be told from a replay. */
  claim(request: Pick<VerifiedRequest, 'node' | 'nonce' | 'timeMs'>, nowMs: number): void;
  /** How many nonces are remembered. */
  readonly size: number;
}

interface NodeNonces {
  /** Nonce → when it arrived and when it was signed; in order of arrival. */
  readonly seen: Map<string, { readonly arrivedMs: number; readonly timeMs: number }>;
  /** Requests signed up to here are refused: nonces from then were forgotten. */
  floorMs: number;
}

/** How long a nonce is kept: a request may be signed `maxSkewMs` ahead of this clock and is valid until `maxSkewMs` behind it. */
const keepMs = 2 * maxSkewMs;

/**
 * Bounded, in memory. What it forgets it makes up for by a floor: a request signed before this process started, or before the
 * youngest nonce that was dropped for room, is refused with SIGNATURE_EXPIRED; the sender signs its retry anew.
 * So after a restart a peer whose clock is N seconds behind is refused for N seconds. The one gap left: within N seconds of a restart a
 * recorded request of a peer whose clock is N seconds ahead is taken once more. It
 * changes nothing: its entries carry versions that are known already.
 * @param startMs when this process began to listen
 */
export function createNonceCache(startMs: number, maxPerNode = 20_000, maxNodes = 256): NonceCache {
  const nodes = new Map<NodeId, NodeNonces>();
  let commonFloorMs = startMs - 1;

  const nodeOf = (node: NodeId): NodeNonces => {
    const known = nodes.get(node) ?? { seen: new Map(), floorMs: commonFloorMs };
    nodes.delete(node);
    nodes.set(node, known);
    for (const [oldest, { seen, floorMs }] of nodes) {
      if (nodes.size <= maxNodes) break;
      nodes.delete(oldest);
      commonFloorMs = Math.max(commonFloorMs, floorMs, ...[...seen.values()].map(({ timeMs }) => timeMs));
    }
    return known;
  };

  return {
    claim({ node, nonce, timeMs }, nowMs) {
      const known = nodeOf(node);
      forget(known, nowMs, maxPerNode);
      if (known.seen.has(nonce)) throw reused(node);
      const floorMs = Math.max(known.floorMs, commonFloorMs);
      if (isTooOld(timeMs, floorMs, nowMs)) throw tooOld(node, timeMs, floorMs);
      known.seen.set(nonce, { arrivedMs: nowMs, timeMs });
    },
    get size() {
      let size = 0;
      for (const { seen } of nodes.values()) size += seen.size;
      return size;
    },
  };
}

/**
 * Nonces that all processes of a host share: what one of them received, the others refuse. While the common store cannot be written
 * (its disk is full, say) each process refuses what it received itself, so that peers still get their answers.
 */
export function createHostNonceCache(store: NonceStore): NonceCache {
  const own = createNonceCache(0);
  return {
    claim(request, nowMs) {
      own.claim(request, nowMs);
      const common = attempt(() => ({
        isNew: store.take(request, nowMs),
        floorMs: store.floorMs(request.node),
      }));
      if (common === null) return;
      const { node, timeMs } = request;
      if (!common.isNew) throw reused(node);
      if (isTooOld(timeMs, common.floorMs, nowMs)) throw tooOld(node, timeMs, common.floorMs);
    },
    get size() {
      return attempt(() => store.size) ?? own.size;
    },
  };
}

function attempt<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch (error) {
    if (isSyncError(error)) return null;
    throw error;
  }
}

/** A floor further ahead than any request can be is a clock that was set back; it must not lock every peer out. */
function isTooOld(timeMs: number, floorMs: number, nowMs: number): boolean {
  return timeMs <= floorMs && floorMs <= nowMs + maxSkewMs;
}

function forget(known: NodeNonces, nowMs: number, maxPerNode: number): void {
  for (const [nonce, { arrivedMs, timeMs }] of known.seen) {
    const expired = arrivedMs + keepMs < nowMs;
    if (!expired && known.seen.size < maxPerNode) break;
    known.seen.delete(nonce);
    if (!expired) known.floorMs = Math.max(known.floorMs, timeMs);
  }
}

function reused(node: NodeId): SyncError {
  return new SyncError('NONCE_REUSED', `Refused a request from "${node}": it was received once before.`, {
    details: { node },
  });
}

function tooOld(node: NodeId, timeMs: number, floorMs: number): SyncError {
  return new SyncError(
    'SIGNATURE_EXPIRED',
    `Refused a request from "${node}": it was signed before this server began to remember requests. Sign it anew; if that fails, set both clocks (NTP).`,
    { details: { node, timeMs, floorMs } },
  );
}
