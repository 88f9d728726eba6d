import {
  protocolVersion,
  type Incoming,
  type ManifestAnswer,
  type ParsedManifest,
  SyncError,
  type Verdict,
  type WireVerdict,
} from '@lockstep/core';
import type { Peer } from '../access/authenticate.js';
import type { Parts } from '../parts.js';
import { admitAll, type Admitted, type AdmitRules } from './admit.js';
import { reportVerdicts } from './report.js';
import type { Taken } from './stage-batch.js';

/** Decides entries that came without bytes: one answer per entry, in order. */
export async function applyManifest(
  parts: Parts,
  peer: Peer,
  manifest: ParsedManifest,
  rules: AdmitRules = {},
): Promise<ManifestAnswer> {
  return decideAll(parts, peer, admitAll(parts, peer.node, manifest, rules), new Map());
}

/**
 * Hands everything that is admitted, with its bytes, to the replica in one batch: one answer per entry, in order, and each means
 * durable. Staged bytes are consumed.
 */
export async function decideAll(
  parts: Parts,
  peer: Peer,
  entries: readonly Admitted[],
  taken: ReadonlyMap<number, Taken>,
): Promise<ManifestAnswer> {
  const { replica, rights } = parts.options;
  const readable = rights.readableOf(peer.node);
  const errors = entries.map((item, at) => ('error' in item ? item.error : errorOf(taken.get(at))));
  const batch = entries.flatMap((item, at): { at: number; incoming: Incoming }[] => {
    if ('error' in item || errors[at]) return [];
    const staged = taken.get(at);
    const incoming: Incoming = {
      entry: item.entry,
      ...(staged && !(staged instanceof SyncError) && { staged }),
      ...(readable && { copyFrom: readable }),
    };
    return [{ at, incoming }];
  });
  const verdicts =
    batch.length === 0
      ? []
      : await replica.receive(
          batch.map(({ incoming }) => incoming),
          peer.node,
        );
  const results = errors.map((error, at): Verdict | null => {
    const item = entries[at];
    if (item && 'known' in item) return { status: 'settled', applied: 'nothing' };
    return error ? refusedBy(error) : null;
  });
  for (const [nth, { at }] of batch.entries()) results[at] = verdicts[nth] ?? null;
  const complete = results.map((result) => result ?? unanswered);
  reportVerdicts(parts, peer.node, entries, complete);
  return {
    protocol: protocolVersion,
    node: replica.node,
    indexId: replica.index.indexId,
    results: complete satisfies readonly WireVerdict[],
  };
}

function errorOf(taken: Taken | undefined): SyncError | null {
  return taken instanceof SyncError ? taken : null;
}

function refusedBy({ code, message }: SyncError): Verdict {
  return { status: 'refused', code, message };
}

const unanswered: Verdict = {
  status: 'refused',
  code: 'INTERNAL',
  message: 'The replica gave no answer for this entry: send it again.',
};
