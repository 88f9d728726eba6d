import type { z } from 'zod';
import type { Entry } from '../model/entry.js';
import { SyncError } from '../model/error.js';
import { parseDigest } from '../model/parse-digest.js';
import { maxPathComponents } from '../model/path-rules.js';
import { parsePath } from '../model/parse-path.js';
import { showText } from '../model/show-text.js';
import type { NodeId, VersionVector } from '../model/version-vector.js';
import { isNodeId } from './node-id.js';
import type { WireEntry } from './protocol.js';
import { makeLate } from './shapes.js';

/** Most nodes in one version vector. */
export const maxNodesPerVersion = 64;

/** Furthest time a `Date` can hold, in ms. */
const maxTimeMs = 8.64e15;

const wireEntry = makeLate((z) => {
  const nodeId = z.custom<NodeId>(isNodeId, '1–64 of A–Z a–z 0–9 . _ - are expected');
  const count = z.int().min(0);
  const timeMs = z.int().min(-maxTimeMs).max(maxTimeMs);

  const shared = {
    base_folder: z.string().min(1).max(255),
    /** Its own rules, and its own code, are in `parsePath`. */
    path: z.unknown(),
    version: z.array(z.tuple([nodeId, count])).max(maxNodesPerVersion),
    modifiedMs: z.int().min(0).max(maxTimeMs),
    modifiedBy: nodeId,
  };

  const liveEntry = z.strictObject({
    ...shared,
    state: z.literal('live'),
    digest: z.unknown(),
    size: count,
    mode: count.max(0o777),
    mtimeMs: timeMs,
  });

  const tombstone = z.strictObject({
    ...shared,
    state: z.literal('deleted'),
    keptParents: count.max(maxPathComponents),
    released: z.boolean(),
  });

  return z.discriminatedUnion('state', [liveEntry, tombstone]);
});

/** An entry as it travels. */
export function toWire(entry: Entry): WireEntry {
  const { folder, path, state, version, modifiedMs, modifiedBy } = entry;
  const sorted = [...version].sort(([a], [b]) => (a < b ? -1 : 1));
  const common = { base_folder: folder, path, state, version: sorted, modifiedMs, modifiedBy };
  if (entry.state === 'deleted')
    return { ...common, keptParents: entry.keptParents, released: entry.released };
  return { ...common, digest: entry.digest, size: entry.size, mode: entry.mode, mtimeMs: entry.mtimeMs };
}

/**
 * Brands one entry from the wire, without its upload fields (`chunks`, `sent`): unknown fields are refused. Whether its folder
 * exists here the replica says. Throws PATH_INVALID, or REQUEST_MALFORMED with details `{field}`.
 */
export function fromWire(input: unknown): Entry {
  const checked = wireEntry().safeParse(input);
  if (!checked.success) throw malformed('an entry', checked.error);
  const { base_folder: folder, path: unsafePath, version: pairs, ...fields } = checked.data;
  const path = parsePath(unsafePath);
  const version = readVersion(pairs);
  if (fields.state === 'deleted') return { folder, path, version, ...fields };
  return { folder, path, version, ...fields, digest: parseDigest(fields.digest) };
}

function readVersion(pairs: readonly (readonly [NodeId, number])[]): VersionVector {
  const version = new Map(pairs);
  if (version.size === pairs.length) return version;
  throw new SyncError('REQUEST_MALFORMED', 'Refused an entry: its version names a node twice.', {
    details: { field: 'version' },
  });
}

/** REQUEST_MALFORMED that names the first field zod complained about. */
export function malformed(what: string, error: z.ZodError): SyncError {
  const issue = error.issues[0];
  const field = showText(issue?.path.join('.') ?? '');
  const where = field === '' ? '' : ` at "${field}"`;
  return new SyncError(
    'REQUEST_MALFORMED',
    `Refused ${what}${where}: ${showText(issue?.message ?? 'malformed', 300)}.`,
    {
      details: { field },
    },
  );
}
