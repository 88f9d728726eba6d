import type { Entry, NodeId, Verdict } from '@lockstep/core';
import type { Operation } from '../tally.js';
import type { Parts } from '../parts.js';
import type { Admitted } from './admit.js';

/** Counts and logs what became of a peer's entries, in the words that operators look for. */
export function reportVerdicts(
  parts: Parts,
  node: NodeId,
  entries: readonly Admitted[],
  verdicts: readonly Verdict[],
): void {
  for (const [at, verdict] of verdicts.entries()) {
    const item = entries[at];
    const entry = item && !('error' in item) ? item.entry : null;
    if (verdict.status === 'refused') reportRefusal(parts, node, entry, verdict);
    else if (verdict.status === 'settled' && entry) reportSettled(parts, node, entry, verdict.applied);
  }
}

function reportSettled(
  { options: { log }, tally }: Parts,
  node: NodeId,
  { path, folder }: Entry,
  applied: Extract<Verdict, { status: 'settled' }>['applied'],
): void {
  switch (applied) {
    case 'written':
    case 'copied':
      tally.ok('upload');
      log.info(`Received ${path} from ${node} (base_folder: ${folder})`);
      return;
    case 'deleted':
      tally.ok('delete');
      log.info(`Deleted ${path} on behalf of ${node} (base_folder: ${folder})`);
      return;
    case 'adopted':
    case 'kept':
    case 'nothing':
      return;
  }
}

function reportRefusal(
  { options: { log }, tally }: Parts,
  node: NodeId,
  entry: Entry | null,
  { code, message }: Extract<Verdict, { status: 'refused' }>,
): void {
  const operation: Operation = entry?.state === 'deleted' ? 'delete' : 'upload';
  tally.failed(operation, code);
  const what = entry ? `${entry.path} from ${node} (base_folder: ${entry.folder})` : `an entry from ${node}`;
  log.warn(`Refused ${what}: ${message}`, { code });
}
