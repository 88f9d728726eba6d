import type { MonitorStatus, OperationStatus } from '../status.js';

/** One sample: a value with its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Read = (status: MonitorStatus) => readonly Sample[];

/** One time series of `/metrics`, and how it is read from a status. */
export interface Series {
  readonly kind: 'gauge' | 'counter';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly read: Read;
}

type PeerRead = (peer: MonitorStatus['peers'][number]) => number | null;

/** Every series. Values are base units: seconds, bytes. */
export const series: readonly Series[] = [
  gauge('in_step', '1 when every peer has every change.', (s) => one(Number(s.state.word === 'in-step'))),
  gauge('active', '1 in the process that watches and sends.', (s) => one(Number(s.state.active))),
  gauge('paused', '1 while sending is paused.', (s) => one(Number(s.state.paused))),
  gauge('watching_by_polling', '1 when file events do not arrive.', (s) =>
    one(Number(s.watching.mode === 'polling')),
  ),
  perPeer('peer_up', '1 when the peer answers.', (peer) => Number(peer.state === 'up')),
  perPeer('peer_lag_changes', 'Changes that the peer has not acknowledged.', (peer) => peer.lagChanges),
  perPeer(
    'peer_lag_seconds',
    'Age of the oldest change that the peer has not acknowledged.',
    (peer) => peer.lagSeconds,
  ),
  perPeer('peer_pending_changes', 'Changes that wait for the peer.', (peer) => peer.pending),
  perPeer('peer_deferred_files', 'Files that the peer could not take yet.', (peer) => peer.deferredCount),
  perPeer('peer_in_flight_changes', 'Requests to the peer that wait for an answer.', (peer) => peer.inFlight),
  perPeer('peer_last_contact_timestamp_seconds', 'When the peer answered last.', (peer) =>
    seconds(peer.lastContactMs),
  ),
  perPeer('peer_clock_skew_seconds', 'Clock of the peer minus ours.', (peer) => seconds(peer.skewMs)),
  counter(
    'peer_sent_bytes_total',
    'Bytes sent to the peer.',
    (s) => s.peers.map((peer) => ({ labels: { peer: peer.name }, value: peer.bytesSent })),
    ['peer'],
  ),
  counter(
    'peer_saved_bytes_total',
    'Bytes that compression kept off the way to the peer.',
    (s) => s.peers.map((peer) => ({ labels: { peer: peer.name }, value: peer.link?.bytesSaved ?? 0 })),
    ['peer'],
  ),
  perPeer('peer_compressing', '1 while text goes to the peer compressed.', (peer) =>
    peer.link === null ? null : Number(peer.link.compressing),
  ),
  perPeer(
    'peer_link_bytes_per_second',
    'What the link to the peer carries, as measured.',
    (peer) => peer.link?.bytesPerSecond ?? null,
  ),
  perPeer('peer_round_trip_seconds', 'Shortest of the last hellos to the peer.', (peer) =>
    seconds(peer.link?.roundTripMs ?? null),
  ),
  counter(
    'operations_total',
    'Operations carried out at peers.',
    (s) => Object.entries(s.operations).flatMap(([operation, counts]) => outcomes(counts, { operation })),
    ['operation', 'outcome'],
  ),
  counter('received_total', 'Operations that peers carried out here.', (s) => outcomes(s.received, {}), [
    'outcome',
  ]),
  counter(
    'refusals_total',
    'Requests and entries refused here.',
    (s) => Object.entries(s.failures).map(([code, value]) => ({ labels: { code }, value })),
    ['code'],
  ),
  counter('sent_bytes_total', 'Bytes sent to peers.', (s) => one(s.bytes.sent)),
  counter('received_bytes_total', 'Bytes received from peers.', (s) => one(s.bytes.received)),
  counter('avoided_total', 'Work that was not needed.', avoided, ['reason']),
  counter('conflicts_total', 'Conflicts decided here.', (s) => one(s.conflicts.count)),
  gauge('latency_seconds', 'From a change here to its acknowledgement, last changes.', latency, ['quantile']),
  gauge('pending_hints', 'Hints that have not rested yet.', (s) => one(s.queue.hints)),
  gauge('held_batches', 'Batches of deletions that wait for a person.', (s) => one(s.holds.length)),
  gauge('held_files', 'Deletions that wait for a person.', (s) =>
    one(s.holds.reduce((sum, hold) => sum + hold.count, 0)),
  ),
  gauge('skipped_files', 'Files left out for size or kind.', (s) => one(s.skipped.count)),
  gauge('problem_files', 'Files that cannot be read.', (s) => one(s.problems.length)),
  gauge('files', 'Live files.', (s) => perFolder(s, 'files'), ['folder']),
  gauge('file_bytes', 'Bytes of live files.', (s) => perFolder(s, 'bytes'), ['folder']),
  gauge('tombstones', 'Deleted paths still remembered.', (s) => perFolder(s, 'tombstones'), ['folder']),
  gauge('index_sequence', 'Position of the last change in the index.', (s) => one(s.index.sequence)),
  gauge('archive_versions', 'Archived versions.', (s) => one(s.archive.rows)),
  gauge('archive_bytes', 'Bytes of archived contents.', (s) => one(s.archive.bytes)),
  gauge('event_loop_delay_seconds', 'Delay of the event loop.', eventLoop, ['quantile']),
  gauge('process_resident_bytes', 'Resident memory of the process.', (s) => one(s.process.rssBytes)),
  gauge('process_uptime_seconds', 'Age of the process.', (s) => one(s.process.uptimeSeconds)),
];

function gauge(name: string, help: string, read: Read, labels: readonly string[] = []): Series {
  return { kind: 'gauge', name: `lockstep_${name}`, help, labels, read };
}

function counter(name: string, help: string, read: Read, labels: readonly string[] = []): Series {
  return { ...gauge(name, help, read, labels), kind: 'counter' };
}

function perPeer(name: string, help: string, read: PeerRead): Series {
  return gauge(name, help, (status) => known(status.peers.map((peer) => [{ peer: peer.name }, read(peer)])), [
    'peer',
  ]);
}

function perFolder(status: MonitorStatus, field: 'files' | 'bytes' | 'tombstones'): Sample[] {
  return status.folders.map((folder) => ({ labels: { folder: folder.folder }, value: folder[field] }));
}

function outcomes(counts: OperationStatus, labels: Readonly<Record<string, string>>): Sample[] {
  return [
    { labels: { ...labels, outcome: 'ok' }, value: counts.ok },
    { labels: { ...labels, outcome: 'failed' }, value: counts.failed },
  ];
}

function avoided({
  avoided: { coalesced, unchanged, copied, known: knownAlready },
}: MonitorStatus): Sample[] {
  const reasons = { coalesced, unchanged, copied, known: knownAlready };
  return Object.entries(reasons).map(([reason, value]) => ({ labels: { reason }, value }));
}

function latency({ latency: { p50Ms, p95Ms } }: MonitorStatus): Sample[] {
  return known([
    [{ quantile: '0.5' }, seconds(p50Ms)],
    [{ quantile: '0.95' }, seconds(p95Ms)],
  ]);
}

function eventLoop({ process }: MonitorStatus): Sample[] {
  return known([
    [{ quantile: '0.5' }, seconds(process.eventLoopP50Ms)],
    [{ quantile: '0.99' }, seconds(process.eventLoopP99Ms)],
  ]);
}

function one(value: number): Sample[] {
  return [{ labels: {}, value }];
}

function known(samples: readonly (readonly [Sample['labels'], number | null])[]): Sample[] {
  return samples.flatMap(([labels, value]) => (value === null ? [] : [{ labels, value }]));
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
