import { isSyncError } from '@lockstep/core';
import type { SeededRandom } from '@lockstep/core/testing';
import type { EventQueue } from './event-queue.js';
import type { Network } from './network.js';
import type { Oracle } from './oracle.js';
import { archiveRoot, inTree, treeRoot } from './places.js';
import type { Fault, Plan } from './plan.js';
import type { Server } from './server.js';

export interface FaultOptions {
  readonly plan: Plan;
  readonly random: SeededRandom;
  readonly queue: EventQueue;
  readonly servers: readonly Server[];
  readonly network: Network;
  readonly oracle: Oracle;
  readonly trace: (line: string) => void;
  readonly onDefect: (error: unknown) => void;
}

const dayMs = 86_400_000;
const roomLeft = 100;
const maintenances = 3;
const outageMs = 20_000;
/** A crash may come between any two of the next few writes, or much later. */
const crashWrites = [4, 12, 40];

/** Carries one fault out on a server. */
export type Strike = (fault: Fault, server: Server) => void;

/** What can go wrong beside the network's own trouble. */
export function createFaults(options: FaultOptions): Strike {
  const { plan, random, queue, servers, network, oracle, trace, onDefect } = options;
  const lasting = (forMs: number, end: () => void): void => void queue.after(random.below(forMs), end);

  const strikes: Readonly<Record<Fault, (server: Server) => void>> = {
    kill: (server) => server.crashSoon(1 + random.below(random.pick(crashWrites)), false),
    'power-cut': (server) => server.crashSoon(1 + random.below(random.pick(crashWrites)), true),
    skew(server) {
      server.skewMs = random.pick([0, dayMs, -dayMs, 3_000, -3_000]);
    },
    'full-disk'(server) {
      server.disk.capacityBytes = server.disk.usedBytes + random.below(roomLeft);
      server.isFull = random.chance(0.5);
      lasting(outageMs, () => makeRoomOn(server));
    },
    partition(server) {
      const other = random.pick(servers).name;
      const forMs = random.below(outageMs);
      network.cut(server.name, other, forMs);
      if (random.chance(0.5)) network.cut(other, server.name, forMs);
    },
    unreadable(server) {
      const path = random.pick(plan.paths);
      const mode = server.disk.user.files(treeRoot).get(path)?.mode;
      if (mode === undefined) return;
      server.disk.user.chmod(inTree(path), 0);
      server.hint(path);
      lasting(outageMs, () => makeReadableOn(server, mode));
    },
    'index-lost'(server) {
      server.loseIndex();
      lasting(outageMs, () => server.start());
    },
    'state-restored'(server) {
      const backup = server.index.copy();
      lasting(outageMs, () => {
        trace(`${server.name} gets an old index back`);
        server.putBack(backup);
        server.start();
      });
    },
    'machine-restored'(server) {
      const restore = backUp(server);
      lasting(outageMs, () => {
        trace(`${server.name} gets an old disk back`);
        oracle.losing(server, servers);
        server.wipe();
        restore();
        server.start();
      });
    },
    wiped(server) {
      oracle.losing(server, servers);
      server.wipe();
      lasting(outageMs, () => server.start());
    },
    maintain(server) {
      for (let run = 0; run < maintenances; run += 1) {
        lasting(outageMs, () => maintain(server, onDefect));
      }
    },
  };

  return (fault, server) => {
    trace(`${server.name} suffers ${fault}`);
    strikes[fault](server);
  };
}

/** The hourly upkeep. It may fail while the disk is full or the process is killed. */
function maintain({ process }: Server, onDefect: (error: unknown) => void): void {
  process?.replica.maintain().catch((error: unknown) => {
    if (process.life.isAlive && !isSyncError(error)) onDefect(error);
  });
}

/** The disk has room again. */
export function makeRoomOn(server: Server): void {
  server.disk.capacityBytes = Number.POSITIVE_INFINITY;
  server.isFull = false;
}

/** Nothing in the folder is kept from being read any more. */
export function makeReadableOn(server: Server, mode = 0o644): void {
  for (const [path, file] of server.disk.user.files(treeRoot)) {
    if (file.mode !== 0) continue;
    server.disk.user.chmod(inTree(path), mode);
    server.hint(path);
  }
}

/** Copies index, folder and archive as a backup does; the function puts them back. */
function backUp(server: Server): () => void {
  const index = server.index.copy();
  const roots = [treeRoot, archiveRoot];
  const files = roots.map((root) => new Map(server.disk.user.files(root)));
  return () => {
    for (const [at, root] of roots.entries()) {
      for (const [path, { bytes, mode, mtimeMs }] of files[at] ?? []) {
        server.disk.user.writeFile(`${root}/${path}`, bytes, { mtimeMs, mode });
      }
    }
    server.putBack(index);
  };
}
