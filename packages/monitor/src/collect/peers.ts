import type { DeferredRow, PeerRow } from '@lockstep/core';
import type { SenderDeferredView, SenderLinkView, SenderPeerView } from '../sender-view.js';
import type { ReceiverStatusView } from '../receiver-view.js';
import type { DeferredFile, LinkStatus, PeerStatus } from '../status.js';

/** How many deferred files of a peer are listed. */
export const deferredShown = 20;

/** What is known of the peers from all sides. */
export interface PeerFacts {
  /** Undefined while no sender is active in this process. */
  readonly sending: readonly SenderPeerView[] | undefined;
  readonly rows: readonly PeerRow[];
  readonly heard: ReceiverStatusView['peers'];
  deferredCount(peer: string): number;
  deferredOf(peer: string): readonly DeferredRow[];
  countAfter(sequence: number): number;
}

/**
 * Every peer once, by name. While a sender is active its word counts (peers that left the configuration are not shown);
 * otherwise what the index remembers.
 */
export function peerStatuses(facts: PeerFacts): PeerStatus[] {
  const rows = new Map(facts.rows.map((row) => [row.name, row]));
  const heard = new Map((facts.heard ?? []).map((peer) => [peer.name, peer.lastContactMs ?? null]));
  const views: readonly SenderPeerView[] =
    facts.sending?.filter((peer) => peer.state !== 'self') ??
    facts.rows.map((row) => ({ name: row.name, state: 'unknown' }));
  return views
    .map((view) => {
      const name = view.name ?? view.url ?? '(unnamed)';
      return peerStatus(name, view, rows.get(name), heard.get(name) ?? null, facts);
    })
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function peerStatus(
  name: string,
  view: SenderPeerView,
  row: PeerRow | undefined,
  lastHeardMs: number | null,
  facts: PeerFacts,
): PeerStatus {
  const deferredCount = view.deferredCount ?? view.deferred?.length ?? facts.deferredCount(name);
  const deferred = view.deferred ?? (deferredCount > 0 ? facts.deferredOf(name) : []);
  const pending = view.pending ?? (row ? facts.countAfter(row.cursor) : 0);
  return {
    name,
    url: view.url ?? null,
    state: peerState(view.state),
    code: view.code ?? null,
    message: view.message ?? null,
    lagChanges: view.lagChanges ?? pending,
    lagSeconds: view.lagSeconds ?? 0,
    pending,
    inFlight: view.inFlight ?? 0,
    deferredCount,
    deferred: deferred.slice(0, deferredShown).map(deferredFile),
    lastContactMs: view.lastContactMs ?? row?.lastContactMs ?? null,
    lastHeardMs,
    skewMs: view.skewMs ?? null,
    nextTryMs: view.nextTryMs ?? null,
    bytesSent: view.sent?.bytes ?? 0,
    link: view.link ? linkStatus(view.link) : null,
  };
}

function linkStatus(link: SenderLinkView): LinkStatus {
  return {
    bytesPerSecond: link.bytesPerSecond ?? null,
    roundTripMs: link.roundTripMs ?? null,
    maxBytesPerSecond: typeof link.maxBytesPerSecond === 'number' ? link.maxBytesPerSecond : null,
    compressing: link.compression?.active ?? false,
    compressionReason: link.compression?.reason ?? 'unmeasured',
    bytesOnWire: link.bodyBytes ?? 0,
    bytesSaved: link.savedBytes ?? 0,
  };
}

function peerState(state: string | undefined): PeerStatus['state'] {
  return state === 'up' || state === 'unreachable' || state === 'connecting' ? state : 'unknown';
}

function deferredFile(row: SenderDeferredView): DeferredFile {
  return {
    folder: row.folder ?? '',
    path: row.path ?? '',
    code: row.code ?? 'INTERNAL',
    message: row.message ?? '',
    attempts: row.attempts ?? 0,
    nextTryMs: row.nextTryMs ?? null,
  };
}
