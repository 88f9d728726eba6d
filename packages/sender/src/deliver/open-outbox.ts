import type { DeliveryOptions } from './delivery.js';
import { deliveryOrder } from './item.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createRelayCheck } from './relay-check.js';

/** The outbox of a delivery. `wake`: something in it may go on; `onKnown`: the peer turned out to have changes that were to be offered. */
export function openOutbox(
  { replica, clock, row, limits, peer, counters }: DeliveryOptions,
  told: { readonly wake: () => void; readonly onKnown: () => void },
): Outbox {
  const { index, folders } = replica;
  return createOutbox({
    index,
    clock,
    folders: deliveryOrder(folders),
    smallBytes: limits.smallBytes,
    peer: row,
    relayCheck: createRelayCheck({
      clock,
      hello: () => peer.hello(),
      liveDigest: () => index.liveDigest(),
      wake: told.wake,
    }),
    onKnown: (count) => {
      counters.known += count;
      told.onKnown();
    },
  });
}
