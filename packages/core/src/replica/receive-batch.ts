import { SyncError } from '../model/error.js';
import { keyOf } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import type { CommitOutcome } from '../ports/work.js';
import { holdIncoming } from './hold-incoming.js';
import { observeLocked, reloadRules } from './observe-paths.js';
import { commitPlans } from './commit-plans.js';
import type { Parts } from './parts.js';
import { planEntry, type Step } from './plan-entry.js';
import { planMoves } from './plan-moves.js';
import { recordBatch, type Done } from './record-steps.js';
import { recordOwed } from './recover.js';
import type { Incoming, Verdict } from './replica.js';
import { makeWay } from './make-way.js';

/** A path that keeps changing under our hands is left to the peer's next try. */
const maxRounds = 4;

/** Entries decided in one turn of the event loop. */
const entriesPerTurn = 50;

type Commit = Extract<Step, { do: 'commit' }>;

/**
 * The order of work of DESIGN section 6, for a batch: decide, commit to the disk, record in one transaction, answer. A target that
 * differs from its index row is a local edit nobody has seen yet: it is observed first, then the entry is decided again.
 */
export async function receiveBatch(
  parts: Parts,
  batch: readonly Incoming[],
  from: NodeId,
): Promise<Verdict[]> {
  const seen = new Set<string>();
  const verdicts = parts.index.readTogether(() => batch.map((each) => refusal(parts, each, seen)));
  const consumed = new Set<Incoming>();
  const release = await parts.locks.acquire(batch.map(({ entry }) => entry));
  try {
    recordOwed(
      parts,
      batch.map(({ entry }) => entry),
    );
    let pending = batch.map((_, at) => at).filter((at) => verdicts[at] === undefined);
    for (let round = 0; round < maxRounds && pending.length > 0; round += 1) {
      pending = await oneRound(parts, batch, pending, from, verdicts, consumed);
    }
    for (const at of pending) verdicts[at] = busy(batch[at]);
  } finally {
    await parts.work.discard(batch.flatMap((incoming) => leftOver(incoming, consumed)));
    release();
  }
  await reloadRules(
    parts,
    batch.map(({ entry }) => entry),
  );
  return verdicts.map((verdict, at) => verdict ?? busy(batch[at]));
}

/** A commit, and the places in the batch that it answers: a move answers two. */
interface Going {
  readonly ats: readonly number[];
  readonly step: Commit;
}

/** Plans, commits and records what is pending; gives what must be decided again. */
async function oneRound(
  parts: Parts,
  batch: readonly Incoming[],
  pending: readonly number[],
  from: NodeId,
  verdicts: (Verdict | undefined)[],
  consumed: Set<Incoming>,
): Promise<number[]> {
  const { commits, done } = await planRound(parts, batch, pending, from, verdicts);
  const steps = commits.map(({ step }) => step);
  const held = holdIncoming(parts, steps, from);
  const isHeld = ({ step }: Going): boolean => held.has(keyOf(step.row.entry));
  for (const { ats } of commits.filter(isHeld)) for (const at of ats) verdicts[at] = { status: 'held' };

  const going = commits.filter((commit) => !isHeld(commit));
  const outcomes = await commitPlans(
    parts,
    going.map(({ step }) => step.plan),
  );
  const settled = going.map((commit, nth) => ({ ...commit, outcome: outcomes[nth] ?? noAnswer }));
  for (const { ats, step, outcome } of settled) {
    if (outcome.done !== 'committed') continue;
    for (const at of ats) verdicts[at] = { status: 'settled', applied: step.applied };
    for (const at of ats) consumed.add(batch[at] ?? { entry: step.row.entry });
    done.push({ row: step.plan.do === 'archive' ? step.row : { ...step.row, stamp: outcome.stamp }, step });
  }
  // Before anything else that may fail: what is on the disk must be known.
  await recordBatch(parts, done, from);
  return retryable(parts, settled, verdicts);
}

/** Answers what was not committed, or gives it back to be decided again. */
async function retryable(
  parts: Parts,
  settled: readonly (Going & { readonly outcome: CommitOutcome })[],
  verdicts: (Verdict | undefined)[],
): Promise<number[]> {
  const deleted = settled.some(({ step, outcome }) => isDelete(step) && outcome.done === 'committed');
  const again: number[] = [];
  for (const { ats, step, outcome } of settled) {
    if (outcome.done === 'committed') continue;
    await dropCopy(parts, step);
    if (await mayRetry(parts, step, outcome, deleted)) again.push(...ats);
    else for (const at of ats) verdicts[at] = refused(outcome);
  }
  return again;
}

const noAnswer: CommitOutcome = {
  done: 'failed',
  code: 'STORAGE_FAILED',
  message: 'The disk gave no answer.',
};

function isDelete(step: Commit): boolean {
  return step.plan.do === 'delete' || step.plan.do === 'move';
}

/** Moves first, since they take two entries; then every other entry, many at once: each may copy bytes that are here already. */
async function planRound(
  parts: Parts,
  batch: readonly Incoming[],
  pending: readonly number[],
  from: NodeId,
  verdicts: (Verdict | undefined)[],
): Promise<{ commits: Going[]; done: Done[] }> {
  const moves = parts.index.readTogether(() => planMoves(parts, batch, pending, from));
  const moving = new Set(moves.flatMap((move) => [move.from, move.to]));
  const commits: Going[] = moves.map((move) => ({ ats: [move.to, move.from], step: move.step }));
  const done: Done[] = [];
  const rest = pending.filter((at) => !moving.has(at));
  const plans: (Step | undefined)[] = [];
  for (let nth = 0; nth < rest.length; nth += entriesPerTurn) {
    if (nth > 0) await new Promise((resolve) => setImmediate(resolve));
    const turn = rest.slice(nth, nth + entriesPerTurn).flatMap((at) => batch[at] ?? []);
    const rows = parts.index.readTogether(() => turn.map(({ entry }) => parts.index.get(entry)));
    plans.push(...(await Promise.all(turn.map((each, at) => planEntry(parts, each, from, rows[at])))));
  }
  for (const [nth, at] of rest.entries()) {
    const step = plans[nth];
    if (step?.do === 'commit') commits.push({ ats: [at], step });
    else if (step) {
      verdicts[at] = step.verdict;
      if (step.row) done.push({ row: step.row });
    }
  }
  return { commits, done };
}

/** True when the same entry has a chance now: the local edit was observed, or what stood in the way is gone. */
async function mayRetry(
  parts: Parts,
  step: Commit,
  outcome: CommitOutcome,
  deleted: boolean,
): Promise<boolean> {
  const { folder, path } = step.row.entry;
  if (outcome.done === 'changed') {
    const files = step.movedFrom ? [step.row.entry, step.movedFrom.entry] : [step.row.entry];
    const hints = files.map((file) => ({
      folder: file.folder,
      path: file.path,
      confirmed: true,
      live: true,
    }));
    await observeLocked(parts, hints);
    return true;
  }
  if (outcome.done !== 'failed' || outcome.code !== 'PATH_BLOCKED') return false;
  return deleted || (await makeWay(parts, { folder, path }));
}

async function dropCopy(parts: Parts, step: Commit): Promise<void> {
  if (step.copied && 'staged' in step.plan) await parts.work.discard([step.plan.staged]);
}

function leftOver(incoming: Incoming, consumed: ReadonlySet<Incoming>): NonNullable<Incoming['staged']>[] {
  return incoming.staged && !consumed.has(incoming) ? [incoming.staged] : [];
}

/** Why an entry is not even decided: a rule of this server, or a second entry for the same path. */
function refusal(parts: Parts, incoming: Incoming, seen: Set<string>): Verdict | undefined {
  const { entry } = incoming;
  const twice = seen.size === seen.add(keyOf(entry)).size;
  const ignored = whyRefused(parts, { folder: entry.folder, path: entry.path });
  if (ignored) return ignored;
  if (entry.state === 'live' && parts.ignore.tooLarge(entry.size)) {
    const message = `${entry.path} has ${entry.size} bytes; this server takes ${parts.maxFileBytes} at most.`;
    return { status: 'refused', code: 'FILE_TOO_LARGE', message };
  }
  if (liesAboutSize(parts, incoming)) {
    const message = `${entry.path} is announced with the digest of the content here, but with another size.`;
    return { status: 'refused', code: 'CHECKSUM_MISMATCH', message };
  }
  const message = `${entry.path} stands twice in one request; send one entry per path.`;
  return twice ? { status: 'refused', code: 'REQUEST_MALFORMED', message } : undefined;
}

/** Equal content is adopted without its bytes, so nothing later would notice. Only this path is compared: no peer learns what else is here. */
function liesAboutSize(parts: Parts, { entry, staged }: Incoming): boolean {
  if (entry.state !== 'live') return false;
  // Bytes that came along and were verified prove the size.
  if (staged?.digest === entry.digest && staged.size === entry.size) return false;
  const local = parts.index.get(entry)?.entry;
  if (local?.state !== 'live') return false;
  return local.digest === entry.digest && local.size !== entry.size;
}

function whyRefused(parts: Parts, file: Parameters<Parts['ignore']['why']>[0]): Verdict | undefined {
  try {
    const why = parts.ignore.why(file);
    return why === null ? undefined : { status: 'refused', code: 'PATH_IGNORED', message: why };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return { status: 'refused', code: error.code, message: error.message };
  }
}

function refused(outcome: CommitOutcome): Verdict {
  if (outcome.done !== 'failed') return busy(undefined);
  return { status: 'refused', code: outcome.code, message: outcome.message };
}

function busy(incoming: Incoming | undefined): Verdict {
  const path = incoming?.entry.path ?? 'The file';
  return { status: 'refused', code: 'CHANGED_MEANWHILE', message: `${path} kept changing here; try again.` };
}
