import type { Clock, Replica } from '@lockstep/core';
import type { ReceiverView } from '../receiver-view.js';
import type { MonitorStatus } from '../status.js';
import { buildStatus } from './build-status.js';
import { headline } from './headline.js';

/** What can be said while the index cannot be read: the last status, or an empty one, under a headline that says why. */
export function withoutIndex(
  last: MonitorStatus | null,
  from: {
    readonly replica: Replica;
    readonly receiver: ReceiverView;
    readonly clock: Clock;
    readonly title: string;
  },
): MonitorStatus {
  const status = last ?? emptyStatus(from);
  const { active, elsewhere, paused } = status.state;
  const nothing = { holds: 0, heldFiles: 0, peers: [], missing: [] };
  return {
    ...status,
    atMs: from.clock.now(),
    state: headline({ ...nothing, active, elsewhere, paused, index: 'damaged' }),
  };
}

function emptyStatus({ replica, receiver, clock, title }: Parameters<typeof withoutIndex>[1]): MonitorStatus {
  return buildStatus({
    ...{ node: replica.node, title, nowMs: clock.now(), health: 'damaged', sequence: 0, digest: '' },
    ...{ folders: [], holds: [], archive: { rows: 0, bytes: 0 }, archived: [], conflicts: [], activity: [] },
    ...{ counters: replica.counters, sender: {}, receiver: receiver.status(), peers: [] },
    process: {
      ...{
        pid: process.pid,
        uptimeSeconds: process.uptime(),
        cpuPercent: null,
        rssBytes: process.memoryUsage.rss(),
      },
      ...{ heapUsedBytes: process.memoryUsage().heapUsed, eventLoopP50Ms: null, eventLoopP99Ms: null },
    },
  });
}
