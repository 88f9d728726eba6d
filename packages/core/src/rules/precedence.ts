import type { Entry } from '../model/entry.js';

/**
 * True when `a` wins a conflict against `b`: a total order that every node computes alike from the entries alone. Live over
 * deleted, then the later `modifiedMs`, then the greater node id, then the greater digest; the rest only breaks ties between
 * entries whose content is the same. The version plays no part: it differs from node to node while a conflict is settled.
 */
export function precedes(a: Entry, b: Entry): boolean {
  for (const rank of ranks) {
    const left = rank(a);
    const right = rank(b);
    if (left !== right) return left > right;
  }
  return false;
}

const ranks: readonly ((entry: Entry) => number | string)[] = [
  (entry) => (entry.state === 'live' ? 1 : 0),
  (entry) => entry.modifiedMs,
  (entry) => entry.modifiedBy,
  (entry) => (entry.state === 'live' ? entry.digest : ''),
  (entry) => (entry.state === 'live' ? entry.mtimeMs : entry.keptParents),
  (entry) => (entry.state === 'live' ? entry.mode : Number(entry.released)),
  (entry) => (entry.state === 'live' ? entry.size : 0),
];
