import { maxScanListed, SyncError, toWire, type HostCall, type ScanReport } from '@lockstep/core';
import type { FlushOptions, Sender } from '@lockstep/sender';

/** Carries out for another process what it asked for. Rejects as the sender does. */
export async function runCall(call: HostCall, sender: Sender, heedPause: () => void): Promise<unknown> {
  switch (call.do) {
    case 'flush':
      return sender.flush({ timeoutMs: call.timeoutMs, ...peersOf(call.peers) });
    case 'rescan':
      return (await sender.rescan(call.folder)).map(shorten);
    case 'retryNow':
      return sender.retryNow(call.peer);
    case 'restoreHold':
      return sender.restoreHold(call.hold);
    case 'heedPause':
      return heedPause();
  }
}

function peersOf(peers: string | number | undefined): Pick<FlushOptions, 'peers'> {
  if (peers === undefined) return {};
  if (peers === 'all' || peers === 'quorum' || typeof peers === 'number') return { peers };
  throw new SyncError(
    'OPTION_INVALID',
    `Refused flush({ peers: ${peers} }): give "all", "quorum" or a number of peers.`,
  );
}

/** A scan may have met any number of files; the first of each kind travel. */
function shorten(report: ScanReport): object {
  const { folder, files, rootPresent, ms } = report;
  return {
    ...{ folder, files, rootPresent, ms },
    recorded: report.recorded.slice(0, maxScanListed).map((entry) => toWire(entry)),
    missing: report.missing.slice(0, maxScanListed),
    changing: report.changing.slice(0, maxScanListed),
    skipped: report.skipped.slice(0, maxScanListed),
    unreadable: report.unreadable.slice(0, maxScanListed),
  };
}
