import type { Entry, LiveEntry, Stamp } from '../model/entry.js';
import { SyncError } from '../model/error.js';
import type { FileKey } from '../model/path.js';
import type { IndexRow, NewRow } from '../ports/index-store.js';
import type { Inspected, KnownContent, Seen } from '../ports/work.js';
import { hasSameContent, observe, type Observation } from '../rules/index.js';
import { formerNames, inodeOf, type Appeared } from './former-names.js';
import { judgeAndHold } from './hold-deletions.js';
import { syncignoreName } from './ignore-book.js';
import type { MovedDirectories } from './moved-directories.js';
import type { Parts } from './parts.js';
import { lazily, record } from './record-observed.js';
import { reportProblem, solveProblem } from './problems.js';
import { adoptArchived, recordOwed } from './recover.js';
import type { Hint, ObserveReport } from './replica.js';

/** Contents up to this many bytes stay in memory after hashing, for the peers. DESIGN section 8. */
export const smallFileBytes = 256 * 1024;

interface Finding {
  readonly hint: Hint;
  readonly row: IndexRow | undefined;
  /** See `Appeared`. */
  readonly former: IndexRow | undefined;
  readonly seen: Seen;
  /** See `Hint`. */
  readonly live: boolean;
  readonly observation: Observation;
}

/** What one pass over hints found; directories among them are the caller's to expand, since that takes further locks. */
export interface Pass extends ObserveReport {
  readonly looked: readonly (FileKey & { readonly kind: Seen['kind'] })[];
}

/** Observes paths under their locks. `moved`: what the passes before it learnt. */
export async function observePaths(
  parts: Parts,
  hints: readonly Hint[],
  moved?: MovedDirectories,
): Promise<Pass> {
  const release = await parts.locks.acquire(hints);
  try {
    return await observeLocked(parts, hints, moved);
  } finally {
    release();
  }
}

/** The same for a caller that holds the locks. */
export async function observeLocked(
  parts: Parts,
  hints: readonly Hint[],
  moved?: MovedDirectories,
): Promise<Pass> {
  const { indexId } = parts.index;
  const findings = await look(parts, hints, moved);
  const former = formerNames(parts, findings.flatMap(appearedBy), hints, moved);
  try {
    const old = former.files.map((file) => ({ ...file, confirmed: false, live: true }));
    return await settle(parts, [...findings, ...(old.length > 0 ? await look(parts, old) : [])], indexId);
  } finally {
    former.release();
  }
}

/** Records what a look found. */
async function settle(parts: Parts, findings: readonly Finding[], indexId: string): Promise<Pass> {
  const records: NewRow[] = [];
  const renamed: NewRow[] = [];
  const deletions: NewRow[] = [];
  const missing: FileKey[] = [];
  const changing: FileKey[] = [];
  const stamps: (readonly [FileKey, Stamp])[] = [];
  const moved = movedInodes(findings);
  const leftInodes = new Set<string>();
  const touched = new Set<Entry>();

  for (const { hint, row, seen, observation } of findings) {
    if (observation.do === 'nothing') parts.counters.unchanged += 1;
    else if (observation.do === 'restamp') {
      parts.counters.unchanged += 1;
      stamps.push([hint, observation.stamp]);
    } else if (observation.do === 'retry') changing.push(hint);
    else if (observation.do === 'report' && observation.code === 'ROOT_MISSING') continue;
    else if (observation.do === 'report') reportProblem(parts, hint, observation.code, observation.message);
    else if (observation.entry.state === 'live') {
      records.push(rowOf(parts, observation.entry, observation.stamp));
      if (row && hasSameContent(row.entry, observation.entry)) touched.add(observation.entry);
    } else if (parts.held.holdOf(hint) !== undefined) continue;
    else if (row?.stamp && wasMoved(row, moved)) {
      renamed.push(rowOf(parts, observation.entry, null));
      leftInodes.add(inodeOf(row.stamp));
    } else if (hint.confirmed) deletions.push(rowOf(parts, observation.entry, null));
    else missing.push(hint);
    if (seen.kind === 'file') cameBack(parts, hint, seen.digest, seen.bytes);
  }
  if (stamps.length > 0) {
    parts.index.transact(() => {
      for (const [file, stamp] of stamps) parts.index.restamp(file, stamp);
    }, lazily);
  }
  await adoptArchived(parts, findings.flatMap(goneUnwatched));
  const halves = new Set([...appearedAt(leftInodes, records), ...renamed].map(({ entry }) => entry));
  await record(parts, [...records, ...renamed], { touched, renamed: halves });
  assertSameIndex(parts, deletions, indexId);
  const allowed = await judgeAndHold(parts, deletions);
  assertSameIndex(parts, deletions, indexId);
  await record(parts, allowed);
  const recorded = [...records, ...renamed, ...allowed].map((row) => row.entry);
  await reloadRules(parts, recorded);
  const looked = findings.map(({ hint: { folder, path }, seen: { kind } }) => ({ folder, path, kind }));
  return { recorded, missing, changing, looked };
}

/** What was missed by the rows of a damaged index is not concluded to be deleted by those of the new one, which has few. */
function assertSameIndex(parts: Parts, deletions: readonly NewRow[], indexId: string): void {
  if (deletions.length === 0 || parts.index.indexId === indexId) return;
  throw new SyncError(
    'INDEX_DAMAGED',
    'The index was begun anew while files were looked at; they are looked at again.',
  );
}

async function look(parts: Parts, hints: readonly Hint[], moved?: MovedDirectories): Promise<Finding[]> {
  recordOwed(parts, hints);
  // What a first scan finds the peers have most likely, and they are asked when it is over: it would be in memory for nothing.
  const mayBeSent = ({ folder, live }: Hint): boolean => live || parts.scanned.has(folder);
  const toInspect = parts.index.readTogether(() => hints.map((hint) => inspected(parts, hint, moved)));
  const seen = await parts.work.inspect(
    toInspect.map(({ file }) => file),
    { maxFileBytes: parts.maxFileBytes, keepBytesUpTo: hints.some(mayBeSent) ? smallFileBytes : 0 },
  );
  const nowMs = parts.clock.now();
  return hints.map((hint, at) => {
    // Under its lock a row stays what it was before the look.
    const { row, former } = toInspect[at] ?? {};
    const what: Seen = seen[at] ?? { kind: 'changing' };
    const { folder, path } = hint;
    // Before the first scan nobody can tell an edit from a commit whose transaction a crash took away.
    const live = hint.live && parts.scanned.has(folder);
    const context = {
      file: { folder, path },
      row,
      seen: what,
      node: parts.node,
      modeMask: parts.modeMask,
      nowMs,
      live,
    };
    const observation = observe({ ...context, fresh: parts.index.isFresh });
    return { hint, row, former, live, seen: what, observation };
  });
}

/** The bytes of what is unchanged are not needed: nobody is sent them. */
function inspected(
  parts: Parts,
  hint: Hint,
  moved?: MovedDirectories,
): { readonly file: Inspected; readonly row: IndexRow | undefined; readonly former?: IndexRow } {
  const { folder, path } = hint;
  const row = parts.index.get(hint);
  if (row?.entry.state === 'live') {
    const unread = hint.nameOnly === true ? contentOf(row) : null;
    return { file: { folder, path, known: row.entry.digest, unread }, row };
  }
  const former = moved?.formerRow(hint);
  return { file: { folder, path, known: null, unread: contentOf(former) }, row, ...(former && { former }) };
}

function contentOf(row: IndexRow | undefined): KnownContent | null {
  if (row?.entry.state !== 'live' || row.stamp === null) return null;
  return { digest: row.entry.digest, stamp: row.stamp };
}

/** What a scan found replaced or missing: perhaps by a commit that a crash interrupted. */
function goneUnwatched({ live, row, observation }: Finding): LiveEntry[] {
  if (live || observation.do !== 'record' || row?.entry.state !== 'live') return [];
  const { entry } = observation;
  return entry.state === 'live' && entry.digest === row.entry.digest ? [] : [row.entry];
}

function rowOf(parts: Parts, entry: Entry, stamp: string | null): NewRow {
  return { entry, stamp, learnedFrom: null, recordedMs: parts.clock.now() };
}

/** Inodes of the files that appeared in this batch, with their content. */
function movedInodes(findings: readonly Finding[]): ReadonlyMap<string, string> {
  const inodes = new Map<string, string>();
  for (const { seen, observation } of findings) {
    if (seen.kind === 'file' && observation.do === 'record') inodes.set(inodeOf(seen.stamp), seen.digest);
  }
  return inodes;
}

function appearedBy({ row, former, observation }: Finding): Appeared[] {
  if (observation.do !== 'record' || observation.entry.state !== 'live' || observation.stamp === null)
    return [];
  if (row?.entry.state === 'live') return [];
  const { entry, stamp } = observation;
  return [{ entry, stamp, former: former?.stamp === stamp ? former : undefined }];
}

/** The missing file's inode stands under a new name: it was renamed, so its deletion needs no second look. */
function wasMoved(row: IndexRow, inodes: ReadonlyMap<string, string>): boolean {
  if (row.stamp === null || row.entry.state !== 'live') return false;
  return inodes.get(inodeOf(row.stamp)) === row.entry.digest;
}

function cameBack(
  parts: Parts,
  file: Hint,
  digest: Parameters<Parts['cache']['put']>[0],
  bytes?: Uint8Array,
): void {
  if (bytes) parts.cache.put(digest, bytes);
  solveProblem(parts, file);
  for (const ended of parts.held.withdraw([file])) parts.events.emit('unheld', ended);
}

/** The files that stand under the new names of renamed ones. */
function appearedAt(inodes: ReadonlySet<string>, records: readonly NewRow[]): NewRow[] {
  return records.filter(({ stamp }) => stamp !== null && inodes.has(inodeOf(stamp)));
}

/** New rules take effect with the file that holds them. */
export async function reloadRules(parts: Parts, files: readonly FileKey[]): Promise<void> {
  const folders = new Set(files.filter(({ path }) => path === syncignoreName).map(({ folder }) => folder));
  for (const folder of folders) await parts.ignore.reload(folder);
}
