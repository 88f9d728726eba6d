import {
  compare,
  hasSameContent,
  SyncError,
  type Entry,
  type ManifestEntry,
  type NodeId,
  type ParsedManifest,
} from '@lockstep/core';
import { rightMissing } from '../access/rights.js';
import type { Parts } from '../parts.js';
import { folderUnknown } from './known-folder.js';

/** What a route takes: everything, live entries with bytes, or deletions only. */
export interface AdmitRules {
  readonly only?: 'deleted';
}

/** An entry that may be decided, or why not. */
export type Admitted = ManifestEntry | NotAdmitted;

export interface NotAdmitted {
  readonly error: SyncError;
  /**
   * This server has that version or a newer one, so that nothing was asked of it: a peer that may only receive announces what it got from
   * others, and must not be told to try again for ever.
   */
  readonly known?: true;
}

/** Holds every entry against the rules of this server, before a byte of its content is kept. */
export function admitAll(
  parts: Parts,
  node: NodeId,
  manifest: ParsedManifest,
  rules: AdmitRules = {},
): Admitted[] {
  return manifest.entries.map((item) => {
    if ('error' in item) return item;
    const error = refusal(parts, node, item.entry, rules);
    if (!error) return item;
    return error.code === 'RIGHT_MISSING' && isKnown(parts, item.entry) ? { error, known: true } : { error };
  });
}

function refusal(parts: Parts, node: NodeId, entry: Entry, { only }: AdmitRules): SyncError | null {
  const { folder, path, state } = entry;
  const { replica, rights } = parts.options;
  const details = { base_folder: folder, path };
  if (!replica.folders.includes(folder)) return folderUnknown(parts, folder);
  if (only === 'deleted' && state === 'live') {
    return new SyncError(
      'REQUEST_MALFORMED',
      `Refused "${path}": a live entry belongs into /offer or /upload.`,
      { details },
    );
  }
  const right = state === 'live' ? 'write' : 'delete';
  if (!rights.has(node, folder, right)) return rightMissing(node, folder, right);
  const ignored = replica.whyIgnored({ folder, path });
  if (ignored !== null) return new SyncError('PATH_IGNORED', `Refused "${path}": ${ignored}`, { details });
  if (state === 'live' && entry.size > replica.maxFileBytes) {
    return new SyncError(
      'FILE_TOO_LARGE',
      `Refused "${path}": it has ${entry.size} bytes, this server takes ${replica.maxFileBytes} (LOCKSTEP_MAX_FILE_MB).`,
      { details: { ...details, size: entry.size, maxFileBytes: replica.maxFileBytes } },
    );
  }
  return null;
}

/** Tells a peer without rights nothing that it did not say itself: it names the whole version and content. */
function isKnown(parts: Parts, entry: Entry): boolean {
  const local = parts.options.replica.index.get(entry)?.entry;
  if (!local) return false;
  const order = compare(local.version, entry.version);
  return order === 'equal' ? hasSameContent(local, entry) : order === 'newer';
}
