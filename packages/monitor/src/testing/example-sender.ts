import { EventEmitter } from 'node:events';
import type { SenderPeerView, SenderStatusView, SenderView } from '../sender-view.js';

/** A sender that only tells: tests set its status and see which of its methods were called. */
export interface ExampleSender extends SenderView {
  /** Replaces parts of the status and says that it changed. */
  change(parts: Partial<SenderStatusView>): void;
  readonly calls: string[];
}

/** Three peers: one in step, one behind with a refused file, one that does not answer. */
export function examplePeers(nowMs: number): SenderPeerView[] {
  return [
    {
      ...{ name: 'web-2', url: 'https://10.0.0.2/sync', state: 'up', pending: 0, lagChanges: 0 },
      ...{ lastContactMs: nowMs - 800, skewMs: 12, sent: { bytes: 48_300_112 } },
      link: {
        ...{ bytesPerSecond: 1_240_000, roundTripMs: 48, maxBytesPerSecond: false as const },
        ...{
          compression: { active: true, reason: 'slow-link' },
          bodyBytes: 14_600_000,
          savedBytes: 33_800_000,
        },
      },
    },
    {
      ...{ name: 'web-3', url: 'https://10.0.0.3/sync', state: 'up', pending: 10, lagChanges: 12 },
      ...{
        lagSeconds: 3.2,
        inFlight: 2,
        lastContactMs: nowMs - 120,
        skewMs: -95_000,
        sent: { bytes: 47_900_000 },
      },
      deferred: [
        {
          ...{ folder: 'static', path: 'media/launch-film.mp4', code: 'DISK_FULL', attempts: 4 },
          ...{ message: 'web-3 could not store static/media/launch-film.mp4', nextTryMs: nowMs + 7_000 },
        },
      ],
    },
    {
      ...{ name: 'web-4', url: 'https://10.0.0.4/sync', state: 'unreachable', code: 'PEER_UNREACHABLE' },
      ...{ message: 'connect ECONNREFUSED 10.0.0.4:443', pending: 214, lagChanges: 214, lagSeconds: 95 },
      ...{ lastContactMs: nowMs - 95_000, nextTryMs: nowMs + 4_000, skewMs: 3, sent: { bytes: 31_000_000 } },
    },
  ];
}

/** A sender at work, with every kind of news. */
export function createExampleSender(nowMs: number, parts: Partial<SenderStatusView> = {}): ExampleSender {
  const events = new EventEmitter();
  const calls: string[] = [];
  let status: SenderStatusView = { ...exampleStatus(nowMs), ...parts };
  const change = (changed: Partial<SenderStatusView>): void => {
    status = { ...status, ...changed };
    events.emit('delivered');
  };
  return {
    calls,
    change,
    status: () => status,
    events,
    retryNow: () => calls.push('retryNow'),
    rescan: () => calls.push('rescan'),
    restoreHold: (id) => {
      calls.push(`restoreHold ${id}`);
      const failed = [{ path: 'catalogue/item-3.webp', message: 'No peer has it.' }];
      return Promise.resolve({ restored: 63, failed });
    },
    pause: () => {
      calls.push('pause');
      change({ paused: true });
    },
    resume: () => {
      calls.push('resume');
      change({ paused: false });
    },
  };
}

function exampleStatus(nowMs: number): SenderStatusView {
  return {
    ...{ active: true, paused: false },
    watching: {
      ...{ mode: 'events', reason: null },
      folders: [{ scan: { lastMs: nowMs - 42_000, nextMs: nowMs + 258_000 } }],
    },
    observing: { unchanged: 2_300, merged: 11_820, pending: 3 },
    peers: examplePeers(nowMs),
    latency: { p50: 23, p95: 61, recent: exampleLatencies },
    totals: {
      upload: { ok: 11_804, failed: 7 },
      delete: { ok: 412, failed: 0 },
      move: { ok: 96, failed: 0 },
    },
    problems: [
      {
        ...{ folder: 'instance', path: 'reports/2026/q3.xlsx', code: 'FILE_UNREADABLE' },
        message: 'Could not read instance/reports/2026/q3.xlsx.',
      },
    ],
    skipped: {
      count: 3,
      list: [
        {
          folder: 'static',
          path: 'media/all-hands-2026.mov',
          reason: 'larger than 100 MiB',
          size: 734_003_200,
        },
        { folder: 'instance', path: 'app.sqlite3', reason: 'database', size: 5_242_880 },
        { folder: 'static', path: 'current', reason: 'symbolic link', size: null },
      ],
    },
  };
}

const exampleLatencies = [
  22, 19, 25, 31, 22, 18, 20, 44, 23, 21, 19, 28, 35, 22, 24, 61, 30, 22, 20, 19, 23, 26, 21, 40, 22, 20, 18,
  25, 29, 22, 24, 23, 21, 52, 33, 22, 20, 26, 24, 23,
];
