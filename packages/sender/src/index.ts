export type { PeerCounters, Operation, OperationTotals } from './deliver/counters.js';
export { loadHttp } from './deliver/http-axios.js';
export type { CompressionReason } from './deliver/compression.js';
export type { LinkStatus, PeerContent } from './deliver/peer.js';
export type { PeerState } from './deliver/peer-loop.js';
export type { RestoredHold } from './fetch-content.js';
export type { FlushOptions, FlushResult } from './flush.js';
export { leastBytesPerSecond, type RateOption, type SenderOptions } from './options.js';
export { parsePeers, type PeerAddress, type PeersOption } from './parse-peers.js';
export type { Problem } from './problem-book.js';
export { createSender, type Sender } from './sender.js';
export type { SenderEventMap, SenderEvents } from './sender-events.js';
export type {
  LatencyStatus,
  ObservingStatus,
  PeerStatus,
  SenderStatus,
  SkippedStatus,
} from './sender-status.js';
export type { FolderWatchStatus, WatchMode } from './watch/folder-watch.js';
