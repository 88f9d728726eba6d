import { SyncError, type Clock, type Replica } from '@lockstep/core';
import type { PeerLoop } from './deliver/peer-loop.js';

export interface FlushOptions {
  /** How many peers must have everything: all of the list, so many that a majority of all servers has it, or a number. */
  readonly peers?: 'all' | 'quorum' | number;
  readonly timeoutMs?: number;
}

export interface FlushResult {
  /** Names of the peers that have everything. */
  readonly peers: readonly string[];
  readonly ms: number;
}

export interface Flusher {
  /** See `Sender.flush`. */
  flush(options: FlushOptions): Promise<FlushResult>;
  /** A delivery moved on. */
  check(): void;
  /** The index was begun anew: rejects what waits for a sequence of the old one. */
  renew(): void;
  /** Rejects what waits. */
  close(): void;
}

interface Waiter {
  check(): void;
  fail(error: SyncError): void;
}

const standardTimeoutMs = 10_000;

export interface FlusherOptions {
  readonly replica: Replica;
  readonly clock: Clock;
  readonly loops: readonly PeerLoop[];
  /** Observes all that changed before. */
  readonly drain: () => Promise<void>;
}

export function createFlusher({ replica, clock, loops, drain }: FlusherOptions): Flusher {
  const waiters = new Set<Waiter>();

  const wait = (
    needed: number,
    sequence: number,
    startedMs: number,
    deadline: Deadline,
  ): Promise<FlushResult> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        waiters.delete(waiter);
        deadline.cancel();
      };
      const waiter: Waiter = {
        check: () => {
          const done = others(loops).filter((loop) => has(loop, replica, sequence, startedMs));
          if (done.length < needed) return;
          end();
          resolve({ peers: done.map((loop) => loop.name ?? loop.url), ms: clock.now() - startedMs });
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      waiters.add(waiter);
      deadline.onPassed(() => {
        const lagging = others(loops).filter((loop) => !has(loop, replica, sequence, startedMs));
        waiter.fail(timedOut(needed, lagging, deadline.timeoutMs, replica));
      });
      waiter.check();
    });

  return {
    async flush({ peers = 'all', timeoutMs = standardTimeoutMs }) {
      const startedMs = clock.now();
      const deadline = createDeadline(clock, checkTimeout(timeoutMs));
      await Promise.race([drain(), deadline.passed]);
      const needed = neededOf(peers, others(loops).length);
      return await wait(needed, replica.index.lastSequence(), startedMs, deadline);
    },
    check() {
      for (const waiter of [...waiters]) waiter.check();
    },
    renew() {
      const message =
        'The index was damaged and begun anew; whether every peer has the changes is not known. Flush again.';
      for (const waiter of [...waiters]) waiter.fail(new SyncError('INDEX_DAMAGED', message));
    },
    close() {
      const error = new SyncError(
        'CLOSED',
        'The sender was closed before every peer had the changes. They go out at the next start.',
      );
      for (const waiter of [...waiters]) waiter.fail(error);
    },
  };
}

interface Deadline {
  readonly timeoutMs: number;
  readonly passed: Promise<void>;
  onPassed(task: () => void): void;
  cancel(): void;
}

function createDeadline(clock: Clock, timeoutMs: number): Deadline {
  let pass = (): void => undefined;
  const passed = new Promise<void>((resolve) => (pass = resolve));
  const cancel = clock.after(timeoutMs, pass);
  let wanted = true;
  return {
    timeoutMs,
    passed,
    onPassed: (task) =>
      void passed.then(() => {
        if (wanted) task();
      }),
    cancel: () => {
      wanted = false;
      cancel();
    },
  };
}

function others(loops: readonly PeerLoop[]): PeerLoop[] {
  return loops.filter((loop) => loop.state !== 'self');
}

/** A file that the peer refused since the flush began is not there; older refusals are no matter of this flush. */
function has(loop: PeerLoop, { index }: Replica, sequence: number, startedMs: number): boolean {
  if (loop.delivery === undefined || loop.name === null || loop.delivery.outbox.owes(sequence)) return false;
  return !index.deferred
    .list(loop.name, 100)
    .some((row) => row.firstMs >= startedMs && row.sequence <= sequence);
}

function neededOf(peers: 'all' | 'quorum' | number, count: number): number {
  if (peers === 'all') return count;
  if (peers === 'quorum') return Math.floor((count + 1) / 2);
  if (Number.isInteger(peers) && peers >= 0) return peers;
  throw new SyncError(
    'OPTION_INVALID',
    `Refused flush({ peers: ${String(peers)} }): give "all", "quorum" or a number of peers.`,
  );
}

function checkTimeout(timeoutMs: number): number {
  if (Number.isFinite(timeoutMs) && timeoutMs > 0) return timeoutMs;
  throw new SyncError(
    'OPTION_INVALID',
    `Refused flush({ timeoutMs: ${timeoutMs} }): give a number of ms above 0.`,
  );
}

function timedOut(
  needed: number,
  lagging: readonly PeerLoop[],
  timeoutMs: number,
  { index }: Replica,
): SyncError {
  const reasons = lagging.map((loop) => {
    const name = loop.name ?? loop.url;
    const [refused] = loop.name === null ? [] : index.deferred.list(loop.name, 1);
    if (loop.problem !== null) return `${name} (${loop.problem.code}: ${loop.problem.message})`;
    if (refused !== undefined) return `${name} (${refused.path}: ${refused.code})`;
    return `${name} (${loop.delivery?.outbox.lag().changes ?? 'all'} changes to go)`;
  });
  return new SyncError(
    'TIMED_OUT',
    `Waited ${timeoutMs} ms for ${needed} peers to have every change; still behind: ${reasons.join(', ') || 'none, but there are too few peers'}.`,
    { details: { needed, timeoutMs } },
  );
}
