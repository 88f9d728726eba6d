import type { NodeId, VersionOrder, VersionVector } from '../model/version-vector.js';

/** The version of what was found on disk and never versioned: older than every other. */
export const emptyVersion: VersionVector = new Map<NodeId, number>();

/** How `a` stands to `b`. An absent node counts as 0. */
export function compare(a: VersionVector, b: VersionVector): VersionOrder {
  const aSeesMore = exceeds(a, b);
  const bSeesMore = exceeds(b, a);
  if (aSeesMore) return bSeesMore ? 'concurrent' : 'newer';
  return bSeesMore ? 'older' : 'equal';
}

/** The least version that has seen everything that `a` and `b` have seen. */
export function join(a: VersionVector, b: VersionVector): VersionVector {
  const joined = new Map(a);
  for (const [node, counter] of b) joined.set(node, Math.max(counter, joined.get(node) ?? 0));
  return joined;
}

/**
 * The version of a change that `node` makes to `version` at `nowMs`. The counter is at least the unix time in seconds, so
 * that a node whose state was restored from a backup does not give an old counter to a new change.
 */
export function bump(version: VersionVector, node: NodeId, nowMs: number): VersionVector {
  const counter = Math.max((version.get(node) ?? 0) + 1, Math.floor(nowMs / 1000));
  return new Map(version).set(node, counter);
}

/** One text per version, equal for equal versions: JSON pairs ordered by node id, without zeros. */
export function formatVersion(version: VersionVector): string {
  const pairs = [...version].filter(([, counter]) => counter > 0);
  return JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function exceeds(a: VersionVector, b: VersionVector): boolean {
  for (const [node, counter] of a) {
    if (counter > (b.get(node) ?? 0)) return true;
  }
  return false;
}
