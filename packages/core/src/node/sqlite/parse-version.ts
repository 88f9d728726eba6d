import { SyncError } from '../../model/error.js';
import type { NodeId, VersionVector } from '../../model/version-vector.js';

/** Versions that were parsed lately: neighbouring rows tend to share theirs. Emptied when full. */
const parsed = new Map<string, VersionVector>();
const maxParsed = 2048;

/** The version that `formatVersion` wrote. Throws INDEX_DAMAGED for anything else. Equal texts may give the same map. */
export function parseVersion(text: string): VersionVector {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const version = new Map<NodeId, number>(parsePairs(text));
  if (parsed.size >= maxParsed) parsed.clear();
  parsed.set(text, version);
  return version;
}

function parsePairs(text: string): [NodeId, number][] {
  let cause: unknown;
  try {
    const pairs: unknown = JSON.parse(text);
    if (Array.isArray(pairs) && pairs.every(isPair)) return pairs;
  } catch (error) {
    cause = error;
  }
  const shown = JSON.stringify(text.slice(0, 80));
  throw new SyncError(
    'INDEX_DAMAGED',
    `Could not read a version from the index: ${shown} is none; the index is rebuilt when it is opened again.`,
    { cause },
  );
}

function isPair(value: unknown): value is [NodeId, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  return typeof value[0] === 'string' && Number.isSafeInteger(value[1]);
}
