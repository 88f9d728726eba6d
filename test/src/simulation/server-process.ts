import {
  createReplica,
  silentLog,
  type Clock,
  type Entry,
  type IndexStore,
  type Replica,
} from '@lockstep/core';
import { createWork, type FakeDisk, type SeededRandom } from '@lockstep/core/testing';
import {
  createAntiEntropy,
  createLedger,
  createObserver,
  createScanSchedule,
  PeerLoop,
  type AntiEntropy,
  type DeliveryReport,
  type Observer,
  type Peer,
  type ScanSchedule,
} from '@lockstep/sender/testing';
import { gateDisk, type Gate } from './gated-disk.js';
import { gateIndex, type IndexGate } from './gated-index.js';
import type { Life } from './life.js';
import { archiveRoot, folder, folders, stagingRoot, treeRoot } from './places.js';

/** What a process of a server is made of. */
export interface ProcessParts {
  readonly node: string;
  readonly life: Life;
  readonly disk: FakeDisk;
  readonly index: IndexStore;
  readonly gate: Gate & IndexGate;
  readonly random: SeededRandom;
  readonly peers: readonly { readonly name: string; readonly peer: Peer }[];
  /** Told of every row that is recorded, when somebody looks so closely. */
  readonly onRecorded: ((line: string) => void) | undefined;
  readonly onDeletion: (line: string) => void;
  /** False: indexes are never compared. */
  readonly compares: boolean;
}

/** The running process: the real replica, jobs, observer, delivery and anti-entropy. */
export interface ServerProcess {
  readonly life: Life;
  readonly replica: Replica;
  readonly observer: Observer;
  readonly scans: ScanSchedule;
  readonly loops: readonly PeerLoop[];
}

const silentReport: DeliveryReport = {
  uploading: () => undefined,
  settled: () => undefined,
  failed: () => undefined,
  peerUp: () => undefined,
  peerDown: () => undefined,
};

/** Small, so that a few short files already need several requests, and some travel by themselves. */
const limits = { offered: 4, files: 3, bytes: 300, smallBytes: 60, peers: 1 };
const scanIntervalMs = 300_000;
const day = 86_400_000;

/** Starts a process as `openReplica` and `Sender.start` do. Resolves when it can be reached; its first scan goes on. */
export async function startProcess(parts: ProcessParts): Promise<ServerProcess> {
  const { node, life, random, gate } = parts;
  const { clock } = life;
  const index = gateIndex(parts.index, gate);
  const work = createWork({
    disk: gateDisk(parts.disk, gate),
    places: [{ folder, root: treeRoot, staging: stagingRoot }],
    archive: archiveRoot,
    ...{ random, clock },
  });
  await work.sweep();
  const replica = await createReplica({
    ...{ node, folders, index, work, clock, log: silentLog, patterns: [] },
    rootOf: () => treeRoot,
    maxFileBytes: 10_000,
    archiveBounds: { maxAgeMs: 7 * day, maxBytes: 1e9, maxRows: 1e6 },
    cacheBytes: 500,
  });
  return startSender(parts, replica, clock);
}

function startSender(parts: ProcessParts, replica: Replica, clock: Clock): ServerProcess {
  const { life, random, peers } = parts;
  const { index } = replica;
  const ledger = createLedger(index, clock, silentLog);
  const observer = createObserver({ replica, clock, log: silentLog, deleteWaitMs: 300, maxDelayMs: 500 });
  const scans = createScanSchedule({ clock, maxRestMs: scanIntervalMs, scan: () => observer.scan(folder) });
  const antiEntropy: AntiEntropy = createAntiEntropy({ index, clock, log: silentLog });
  const loops = peers.map(({ name, peer }): PeerLoop => {
    const loop: PeerLoop = new PeerLoop({
      ...{ replica, peer, clock, random, ledger, limits, configuredName: name, report: silentReport },
      ...{ flights: 2, isPaused: () => false, claim: () => true },
      onChange: () => undefined,
      onHeartbeat: (hello) => {
        if (parts.compares) antiEntropy.heard(loop, hello);
      },
    });
    return loop;
  });
  replica.events.on('recorded', ({ from, entries }) => {
    for (const entry of entries)
      parts.onRecorded?.(`${parts.node} records ${describe(entry)} from ${from ?? 'its disk'}`);
    for (const { state, path } of entries)
      if (state === 'deleted') parts.onDeletion(`deleted by nobody: ${path}, as ${parts.node} records`);
    if (!life.isAlive) return;
    for (const loop of loops) {
      if (from !== null && loop.name === from) loop.heard();
      loop.wake();
    }
  });
  for (const loop of loops) loop.start();
  void scans.now();
  return { life, replica, observer, scans, loops };
}

/** Ends what the process does by itself; what waits for a dead life stays open for ever. */
export function stopProcess({ life, loops, scans }: ServerProcess): void {
  life.end();
  for (const loop of loops) loop.close();
  scans.close();
}

function describe(entry: Entry): string {
  const version = [...entry.version].map(([node, counter]) => `${node}${counter % 100_000}`).sort();
  const content = entry.state === 'live' ? `${entry.digest.slice(0, 6)}, ${entry.size} bytes,` : 'deleted';
  return `${entry.path}: ${content} by ${entry.modifiedBy} at ${entry.modifiedMs % 1e8} {${version.join(' ')}}`;
}

/** The root of the folder, and what else an installation makes. */
export function install(disk: FakeDisk): void {
  disk.user.mkdir(treeRoot);
  disk.user.mkdir(stagingRoot);
  disk.user.mkdir(archiveRoot);
}
