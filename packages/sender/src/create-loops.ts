import type { Hello } from '@lockstep/core';
import type { Latencies, OperationTotals } from './deliver/counters.js';
import { createPeerCounters } from './deliver/counters.js';
import { createDeliveryReport } from './deliver/delivery-report.js';
import { createFlightBudget } from './deliver/flight-budget.js';
import { createHttpPeer } from './deliver/http-peer.js';
import type { Ledger } from './deliver/ledger.js';
import { createRateLimit } from './deliver/limit-rate.js';
import { PeerLoop } from './deliver/peer-loop.js';
import type { ResolvedSenderOptions } from './options.js';

/** Entries announced in one request; with four times as many deletions it stays within the wire's limit. */
const offeredEntries = 250;

export interface LoopsContext {
  readonly ledger: Ledger;
  readonly latencies: Latencies;
  readonly totals: OperationTotals;
  readonly isPaused: () => boolean;
  readonly onChange: (loop: PeerLoop, changed: 'state' | 'progress') => void;
  readonly onHeartbeat: (loop: PeerLoop, hello: Hello) => void;
}

/** One loop for each address of the list, over HTTP. */
export function createLoops(options: ResolvedSenderOptions, context: LoopsContext): readonly PeerLoop[] {
  const { replica, clock, log, random, secrets, peerSecrets, httpsAgent } = options;
  const owners = new Map<string, PeerLoop>();
  const report = createDeliveryReport({
    ...context,
    clock,
    log,
    countersOf: (name) => owners.get(name)?.counters ?? createPeerCounters(),
  });
  const claim = (name: string, loop: PeerLoop): boolean => {
    const owner = owners.get(name);
    if (owner === undefined) owners.set(name, loop);
    return owner === undefined || owner === loop;
  };
  const limits = {
    offered: offeredEntries,
    files: options.batchFiles,
    bytes: options.batchBytes,
    smallBytes: options.smallBytes,
    peers: options.peers.length,
  };

  const budget = createFlightBudget(options.flightsInAll, options.peers.length);

  return options.peers.map(({ name, url }) => {
    const peer = createHttpPeer({
      url,
      node: replica.node,
      indexId: () => replica.index.indexId,
      release: options.release,
      secrets: (name === null ? undefined : peerSecrets.get(name)) ?? secrets,
      clock,
      random,
      flights: options.flights,
      limit: createRateLimit(options.rateOf(name), clock),
      compression: options.compression,
      timeoutMs: options.requestTimeoutMs,
      ...(httpsAgent && { httpsAgent }),
    });
    const loop: PeerLoop = new PeerLoop({
      ...options,
      ...context,
      peer,
      report,
      limits,
      budget,
      configuredName: name,
      claim: (claimed) => claim(claimed, loop),
      onChange: (changed) => context.onChange(loop, changed),
      onHeartbeat: (hello) => context.onHeartbeat(loop, hello),
    });
    return loop;
  });
}
