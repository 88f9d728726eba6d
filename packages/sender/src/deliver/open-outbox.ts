import type { DeliveryOptions } from './delivery.js';
import { findKnown } from './find-known.js';
import { createFirstMeeting, type FirstMeeting } from './first-meeting.js';
import { deliveryOrder } from './item.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createRelayCheck } from './relay-check.js';

interface Told {
  /** Something in the outbox may go on. */
  readonly wake: () => void;
  /** The peer turned out to have what was to be offered. */
  readonly onKnown: () => void;
  /** Nobody waits for the outbox any more. */
  readonly isClosed: () => boolean;
}

/** The outbox of a delivery. */
export function openOutbox(options: DeliveryOptions, told: Told): Outbox {
  const { replica, clock, row, limits, peer, counters } = options;
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
      peers: limits.peers,
    }),
    meeting: meetingOf(options, told),
    onKnown: (count) => {
      counters.known += count;
      told.onKnown();
    },
  });
}

function meetingOf({ replica, clock, row, peer, greeting }: DeliveryOptions, told: Told): FirstMeeting {
  const { index } = replica;
  return createFirstMeeting({
    clock,
    index,
    indexId: row.indexId,
    ...(greeting && { greeting }),
    hello: () => peer.hello(),
    findKnown: (first) =>
      findKnown({
        get: (file) => index.get(file),
        count: index.countAfter(first - 1),
        page: (since, limit) => peer.indexPage(since, limit),
        isCancelled: told.isClosed,
      }),
    wake: told.wake,
  });
}
