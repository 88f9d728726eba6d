import {
  isSyncError,
  protocolVersion,
  SyncError,
  type ErrorCode,
  type ManifestAnswer,
  type Replica,
} from '@lockstep/core';
import type { SeededRandom } from '@lockstep/core/testing';
import type { Peer, Upload } from '@lockstep/sender/testing';
import type { EventQueue } from './event-queue.js';
import type { Life } from './life.js';
import type { NetworkPlan } from './plan.js';
import { helloOf, pageOf, takeEntries, takeUpload } from './receive.js';

/** A process that can be reached, while it lives. */
export interface Host {
  readonly life: Life;
  readonly replica: Replica;
}

/** The network between the servers of a simulation. */
export interface Network {
  /** The server of this name as another one sees it. */
  peerOf(from: string, to: string): Peer;
  /** No request of the one reaches the other for a while; the other's requests go on, as with a firewall on one side. */
  cut(from: string, to: string, forMs: number): void;
  /** No trouble from now on. */
  heal(): void;
}

export interface NetworkOptions {
  readonly queue: EventQueue;
  readonly random: SeededRandom;
  readonly plan: NetworkPlan;
  readonly hostOf: (name: string) => Host | null;
  /** An error that is no answer: a defect. */
  readonly onDefect: (error: unknown) => void;
}

const timeoutMs = 10_000;
const slowMs = 8_000;
const calm: NetworkPlan = { lossBefore: 0, lossAfter: 0, duplicates: 0, maxDelayMs: 2, slow: 0, damage: 0 };

/** See `Network`. Requests are answered by the real replica; what the wire adds (HTTP, signatures) is tested elsewhere. */
export function createNetwork(options: NetworkOptions): Network {
  const { queue, random, hostOf, onDefect } = options;
  const cutUntilMs = new Map<string, number>();
  let { plan } = options;

  const delayMs = (): number =>
    random.chance(plan.slow) ? random.below(slowMs) : random.below(plan.maxDelayMs + 1);
  const isCut = (from: string, to: string): boolean => (cutUntilMs.get(`${from},${to}`) ?? 0) > queue.nowMs;

  function arriving(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0 || !random.chance(plan.damage)) return bytes;
    const changed = bytes.slice();
    const at = random.below(bytes.length);
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  }

  /** What arrives is carried out whether or not somebody still waits for the answer. */
  async function arrive<T>(to: string, work: (replica: Replica) => Promise<T>): Promise<T> {
    const host = hostOf(to);
    if (host === null) throw failure('PEER_UNREACHABLE', to);
    try {
      return await work(host.replica);
    } catch (error) {
      if (isSyncError(error)) throw error;
      if (host.life.isAlive) onDefect(error);
      throw failure('PEER_UNREACHABLE', to);
    }
  }

  function ask<T>(from: string, to: string, work: (replica: Replica) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = queue.after(timeoutMs, () => reject(failure('PEER_TIMEOUT', to)));
      const fail = (error: Error): void => {
        cancel();
        reject(error);
      };
      const answer = (after: () => void): void => {
        if (random.chance(plan.lossAfter) || isCut(from, to)) return;
        queue.after(delayMs(), () => {
          cancel();
          after();
        });
      };
      if (random.chance(plan.duplicates)) {
        queue.after(delayMs() + random.below(3_000), () => {
          arrive(to, work).catch(() => undefined);
        });
      }
      queue.after(delayMs(), () => {
        if (isCut(from, to)) return fail(failure('PEER_UNREACHABLE', to));
        if (random.chance(plan.lossBefore)) return;
        arrive(to, work).then(
          (result) => answer(() => resolve(result)),
          (error: Error) => answer(() => reject(error)),
        );
      });
    });
  }

  return {
    peerOf(from, to) {
      const tell = (
        work: (replica: Replica) => Promise<ManifestAnswer['results']>,
      ): Promise<ManifestAnswer> =>
        ask(from, to, async (replica) => {
          const { indexId } = replica.index;
          return { protocol: protocolVersion, node: to, indexId, results: await work(replica) };
        });
      return {
        url: `http://${to}/sync`,
        hello: () => ask(from, to, (replica) => Promise.resolve(helloOf(replica, hostOf(to)))),
        offer: (entries) => tell((replica) => takeEntries(replica, from, entries)),
        remove: (entries) => tell((replica) => takeEntries(replica, from, entries)),
        upload: async (upload) => {
          const contents = await readAll(upload);
          return tell((replica) => takeUpload(replica, from, upload.entries, contents.map(arriving)));
        },
        indexPage: (since, limit) =>
          ask(from, to, (replica) => Promise.resolve(pageOf(replica, since, limit))),
        content: () => Promise.reject(failure('NOT_FOUND', to)),
        close: () => undefined,
      };
    },
    cut: (from, to, forMs) => void cutUntilMs.set(`${from},${to}`, queue.nowMs + forMs),
    heal() {
      cutUntilMs.clear();
      plan = calm;
    },
  };
}

function failure(code: ErrorCode, to: string): SyncError {
  return new SyncError(code, `Asked the server ${to} in vain (${code}); it is tried again.`);
}

/** The contents of an upload, one for each entry. */
async function readAll({ entries, body }: Upload): Promise<readonly Uint8Array[]> {
  if (body.kind === 'bytes') return body.contents;
  const parts: Uint8Array[] = [];
  for await (const part of body.read()) parts.push(part.slice());
  return entries.length === 1 ? [Buffer.concat(parts)] : parts;
}
