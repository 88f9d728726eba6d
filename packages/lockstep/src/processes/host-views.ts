import type { ReceiverView, SenderView } from '@lockstep/monitor';
import type { HostSender } from './host-sender.js';

/** What a monitor sees of a host: the same from each of its processes, and its buttons work in each. */
export function hostViews(host: HostSender): {
  readonly sender: SenderView;
  readonly receiver: ReceiverView;
} {
  return {
    sender: {
      status: () => host.status(),
      events: host.events,
      retryNow: (peer) => host.retry(peer),
      rescan: (folder) => host.rescan(folder),
      pause: () => host.setPaused(true),
      resume: () => host.setPaused(false),
      restoreHold: (id) => host.restoreHold(id),
    },
    receiver: { status: () => host.received() },
  };
}
