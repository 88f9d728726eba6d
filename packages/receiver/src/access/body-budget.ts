import { SyncError, type NodeId } from '@lockstep/core';

/** Bounds how many bytes of uploads, of one peer and of all, may be on their way into staging. */
export interface BodyBudget {
  /** Takes room for a body before it is read; the returned function gives it back. Throws TOO_MANY_REQUESTS. */
  take(node: NodeId, bytes: number): () => void;
}

export interface BodyLimits {
  readonly uploadBytesPerPeer: number;
  readonly uploadBytesInAll: number;
}

/** See `BodyBudget`. A peer whose only upload is larger than its share may have it: `maxRequestBytes` bounds that one. */
export function createBodyBudget({ uploadBytesPerPeer, uploadBytesInAll }: BodyLimits): BodyBudget {
  const taken = new Map<NodeId, number>();
  let inAll = 0;

  const give = (node: NodeId, bytes: number): void => {
    const left = (taken.get(node) ?? 0) - bytes;
    if (left > 0) taken.set(node, left);
    else taken.delete(node);
    inAll -= bytes;
  };

  return {
    take(node, bytes) {
      const before = taken.get(node) ?? 0;
      if (before > 0 && before + bytes > uploadBytesPerPeer) {
        throw tooMuch(`Refused ${bytes} bytes more of "${node}": ${before} are on their way.`, {
          node,
          max: uploadBytesPerPeer,
        });
      }
      if (inAll > 0 && inAll + bytes > uploadBytesInAll) {
        throw tooMuch(`Refused ${bytes} bytes of "${node}": ${inAll} of all peers are on their way.`, {
          node,
          max: uploadBytesInAll,
        });
      }
      taken.set(node, before + bytes);
      inAll += bytes;
      let held = true;
      return () => {
        if (held) give(node, bytes);
        held = false;
      };
    },
  };
}

function tooMuch(what: string, details: { readonly node: NodeId; readonly max: number }): SyncError {
  return new SyncError('TOO_MANY_REQUESTS', `${what} Wait a second.`, { details });
}
