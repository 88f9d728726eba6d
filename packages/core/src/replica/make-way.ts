import { parsePath } from '../model/parse-path.js';
import type { FileKey, SyncPath } from '../model/path.js';
import type { NewRow } from '../ports/index-store.js';
import type { CommitPlan } from '../ports/work.js';
import { bump } from '../rules/index.js';
import { commitPlans } from './commit-plans.js';
import type { Parts } from './parts.js';
import { archiveRow, type Step } from './plan-entry.js';
import { recordSteps } from './record-steps.js';

/**
 * A file stands where a peer's path needs a folder. Only one can live, and every server must choose the same: the folder wins, the
 * file goes to the archive as a conflict. True when something was set aside. The reverse (a folder where a file is wanted) waits for
 * the deletions of what is in it, which the peer sends after the file.
 */
export async function makeWay(parts: Parts, blocked: FileKey): Promise<boolean> {
  const ancestor = ancestors(blocked.path)
    .map((path) => parts.index.get({ folder: blocked.folder, path }))
    .find((row) => row?.entry.state === 'live');
  if (!ancestor || ancestor.entry.state !== 'live') return false;
  const { entry, stamp } = ancestor;
  const { folder, path } = entry;
  const keptParents = path.split('/').length - 1;
  const plan: CommitPlan = {
    do: 'delete',
    file: { folder, path },
    expected: stamp,
    archiveOld: entry.digest,
    keptParents,
  };
  const [outcome] = await commitPlans(parts, [plan]);
  if (outcome?.done !== 'committed') return false;
  const nowMs = parts.clock.now();
  const row: NewRow = {
    entry: {
      ...{ folder, path, state: 'deleted', keptParents, released: false },
      version: bump(entry.version, parts.node, nowMs),
      modifiedMs: Math.max(nowMs, entry.modifiedMs + 1),
      modifiedBy: parts.node,
    },
    ...{ stamp: null, learnedFrom: null, recordedMs: nowMs },
  };
  const archived = archiveRow(parts, entry, 'conflict', parts.node);
  const step: Step = { do: 'commit', plan, applied: 'deleted', row, archived, conflict: true, copied: false };
  recordSteps(parts, [{ row, step }], null);
  return true;
}

function ancestors(path: SyncPath): SyncPath[] {
  const components = path.split('/');
  return components.slice(1).map((_, at) => parsePath(components.slice(0, at + 1).join('/')));
}
