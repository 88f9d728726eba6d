import { createHash } from 'node:crypto';
import type { LiveEntry, Tombstone } from '../model/entry.js';
import { parseDigest } from '../model/parse-digest.js';
import { parsePath } from '../model/parse-path.js';
import type { Digest, FileKey } from '../model/path.js';
import type { NodeId, VersionVector } from '../model/version-vector.js';

/** The digest of a text. */
export function digestOf(content: string): Digest {
  return parseDigest(createHash('sha256').update(content).digest('hex'));
}

/** A file key from plain text; throws PATH_INVALID. */
export function fileKey(folder: string, path: string): FileKey {
  return { folder, path: parsePath(path) };
}

/** A version vector written as an object. */
export function versionOf(counters: Readonly<Record<NodeId, number>>): VersionVector {
  return new Map(Object.entries(counters));
}

/** A live entry of `static/page.html` with this content, and any field replaced. */
export function liveEntry(content: string, fields: Partial<LiveEntry> = {}): LiveEntry {
  return {
    state: 'live',
    ...fileKey('static', 'page.html'),
    digest: digestOf(content),
    size: Buffer.byteLength(content),
    mode: 0o644,
    mtimeMs: 1_000,
    version: versionOf({ a: 1 }),
    modifiedMs: 1_000,
    modifiedBy: 'a',
    ...fields,
  };
}

/** A tombstone of `static/page.html`, and any field replaced. */
export function tombstone(fields: Partial<Tombstone> = {}): Tombstone {
  return {
    state: 'deleted',
    ...fileKey('static', 'page.html'),
    keptParents: 0,
    released: false,
    version: versionOf({ a: 1 }),
    modifiedMs: 1_000,
    modifiedBy: 'a',
    ...fields,
  };
}
