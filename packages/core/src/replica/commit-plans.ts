import type { CommitOutcome, CommitPlan } from '../ports/work.js';
import type { Parts } from './parts.js';

/**
 * Carries out plans. What an observation recorded without a flush is flushed before content goes to the archive: else a power cut
 * could take the row back after the file was replaced, and nobody would know what the archived content had been.
 */
export function commitPlans(parts: Parts, plans: readonly CommitPlan[]): Promise<CommitOutcome[]> {
  if (parts.unflushed.rows) flushBefore(parts, plans);
  return parts.work.commit(plans);
}

function flushBefore(parts: Parts, plans: readonly CommitPlan[]): void {
  const { index } = parts;
  for (const plan of plans) {
    if (plan.do !== 'write' && plan.do !== 'delete') continue;
    if (plan.archiveOld === null || plan.expected === null) continue;
    // Any write does: one flush covers all that was written before it.
    index.restamp(plan.file, plan.expected);
    parts.unflushed.rows = false;
    return;
  }
}
