import type { MonitorStatus } from '../status.js';
import type { Fact, PageModel } from './page-model.js';
import { sparkline } from './sparkline.js';
import {
  byteWords,
  countWords,
  durationWords,
  isoWords,
  nameWords,
  numberWords,
  rateWords,
} from './words.js';

type Figures = Pick<PageModel, 'waiting' | 'latency' | 'success' | 'files' | 'avoided'>;

/** The large numbers at the top. */
export function figures(status: MonitorStatus): Figures {
  const { queue, latency, folders, avoided, operations, received } = status;
  const sent = operations.upload.total + operations.delete.total + operations.move.total;
  const ok = operations.upload.ok + operations.delete.ok + operations.move.ok;
  const done = sent + received.total;
  const lagSeconds = status.peers.reduce((most, peer) => Math.max(most, peer.lagSeconds), 0);
  const waiting = queue.changes + queue.hints;
  return {
    waiting: {
      value: numberWords(waiting),
      note: waitingWords(waiting, lagSeconds),
    },
    latency: {
      value: durationWords(latency.p50Ms),
      note: latency.p95Ms === null ? 'no change sent yet' : `95 % within ${durationWords(latency.p95Ms)}`,
      ...sparkline(latency.recentMs),
      description: `Latency of the last ${countWords(latency.recentMs.length, 'change')}: half within ${durationWords(latency.p50Ms)}, 95 % within ${durationWords(latency.p95Ms)}`,
    },
    success: {
      value: rateWords(sent === 0 ? null : ok / sent),
      note: sent === 0 ? 'nothing sent yet' : `${numberWords(ok)} of ${countWords(sent, 'operation')}`,
    },
    files: {
      value: numberWords(folders.reduce((sum, folder) => sum + folder.files, 0)),
      note: byteWords(folders.reduce((sum, folder) => sum + folder.bytes, 0)),
    },
    avoided: {
      value: numberWords(avoided.total),
      note:
        avoided.total === 0 ? 'none yet' : `${rateWords(avoided.total / (avoided.total + done))} of the work`,
    },
  };
}

function waitingWords(waiting: number, lagSeconds: number): string {
  if (waiting === 0) return 'nothing to send';
  return lagSeconds > 0 ? `oldest waits ${durationWords(lagSeconds * 1000)}` : 'settling';
}

/** What waits, and how the folders are watched. */
export function queueFacts({ queue, watching, scans }: MonitorStatus): Fact[] {
  const watched: Readonly<Record<string, string>> = { events: 'File events', polling: 'Polling', off: 'Off' };
  return [
    fact('Settling', countWords(queue.hints, 'hint')),
    fact('Longest outbox', countWords(queue.changes, 'change')),
    fact('Refused, tried again later', countWords(queue.deferred, 'file')),
    fact('On the wire', countWords(queue.inFlight, 'change')),
    fact('Being received', countWords(queue.receiving, 'request')),
    fact('Watching by', watched[watching.mode] ?? nameWords(watching.mode)),
    fact('Last full scan', scans.lastMs === null ? '–' : `${isoWords(scans.lastMs).slice(11, 19)} UTC`),
  ];
}

/** Bytes, and what was saved. */
export function trafficFacts({ bytes, avoided, received }: MonitorStatus): Fact[] {
  return [
    fact('Sent', byteWords(bytes.sent)),
    fact('Received', byteWords(bytes.received)),
    fact('Changes received', `${numberWords(received.ok)}, ${numberWords(received.failed)} refused`),
    fact('Merged while settling', numberWords(avoided.coalesced)),
    fact('Unchanged content', numberWords(avoided.unchanged)),
    fact('Copied here, not sent', numberWords(avoided.copied)),
    fact('Known already', numberWords(avoided.known)),
  ];
}

/** The process that hosts the app. */
export function processFacts({ process, index }: MonitorStatus): Fact[] {
  return [
    fact('Process', String(process.pid)),
    fact('Up', durationWords(process.uptimeSeconds * 1000)),
    fact('CPU', process.cpuPercent === null ? '–' : `${process.cpuPercent} %`),
    fact('Memory', byteWords(process.rssBytes)),
    fact('Event-loop delay', durationWords(process.eventLoopP50Ms)),
    fact('Event-loop delay, p99', durationWords(process.eventLoopP99Ms)),
    fact('Index sequence', numberWords(index.sequence)),
    fact('Index digest', index.digest.slice(0, 12)),
  ];
}

function fact(label: string, value: string): Fact {
  return { key: label, label, value };
}
