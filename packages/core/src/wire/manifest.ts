import { parseChunkList, unpackChunks, type ChunkList } from '../model/chunk-list.js';
import type { Entry } from '../model/entry.js';
import { isSyncError, SyncError } from '../model/error.js';
import { keyOf } from '../model/path.js';
import type { NodeId } from '../model/version-vector.js';
import { fromWire, malformed } from './entry.js';
import { isNodeId } from './node-id.js';
import { parseJson } from './parse-json.js';
import { maxEntriesPerRequest, protocolVersion } from './protocol.js';
import { makeLate } from './shapes.js';

/** A good entry of a manifest. */
export interface ManifestEntry {
  readonly entry: Entry;
  /** The file as a list of chunks; the sizes add up to the entry's. */
  readonly chunks?: ChunkList;
  /** Indices of the chunks whose bytes are in the contents part, ascending. */
  readonly sent?: readonly number[];
  /** How many bytes of an upload's contents part belong to it. */
  readonly bytes: number;
}

/** An entry that is refused by itself, while the others go on. */
export interface RefusedEntry {
  readonly error: SyncError;
  /** How many bytes of an upload's contents part belong to it; null when it does not say: then nothing after it can be found. */
  readonly bytes: number | null;
}

export interface ParsedManifest {
  readonly node: NodeId;
  readonly indexId: string;
  /** In the order of the manifest. */
  readonly entries: readonly (ManifestEntry | RefusedEntry)[];
}

const envelope = makeLate((z) =>
  z.strictObject({
    protocol: z.unknown(),
    node: z.custom<NodeId>(isNodeId, 'a node id is expected'),
    indexId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/u, 'an index ID is expected'),
    entries: z.array(z.unknown()),
  }),
);

/** More than any file has. */
const maxSentPerEntry = 100_000;

const chunkFields = makeLate((z) =>
  z.object({
    chunks: z.unknown(),
    sent: z.array(z.int().min(0)).max(maxSentPerEntry).optional(),
  }),
);

/**
 * Reads the body of an offer or a delete, or the manifest part of an upload. A bad entry becomes its own refusal.
 * Throws REQUEST_MALFORMED, PROTOCOL_UNSUPPORTED, and REQUEST_TOO_LARGE above `maxEntries`.
 */
export function parseManifest(json: string | Uint8Array, maxEntries = maxEntriesPerRequest): ParsedManifest {
  const input = parseJson(json);
  refuseOtherProtocol(input);
  const checked = envelope().safeParse(input);
  if (!checked.success) throw malformed('the manifest', checked.error);
  const { node, indexId, entries } = checked.data;
  if (entries.length > maxEntries) {
    throw new SyncError(
      'REQUEST_TOO_LARGE',
      `Refused a manifest of ${entries.length} entries: send ${maxEntries} at most.`,
      {
        details: { entries: entries.length, maxEntries },
      },
    );
  }
  const keys = new Set<string>();
  return { node, indexId, entries: entries.map((each) => parseItem(each, keys)) };
}

function refuseOtherProtocol(input: unknown): void {
  const protocol: unknown =
    typeof input === 'object' && input !== null && 'protocol' in input ? input.protocol : undefined;
  if (typeof protocol !== 'number' || protocol === protocolVersion) return;
  throw new SyncError(
    'PROTOCOL_UNSUPPORTED',
    `Refused protocol ${protocol}: this server speaks ${protocolVersion}. Run the same major release of Lockstep on every server.`,
    { details: { protocol, supported: protocolVersion } },
  );
}

function parseItem(input: unknown, keys: Set<string>): ManifestEntry | RefusedEntry {
  try {
    const { fields, chunks, sent } = readChunks(input);
    const entry = fromWire(fields);
    const upload = checkChunks(entry, chunks, sent);
    const key = keyOf(entry);
    if (keys.has(key))
      throw new SyncError('REQUEST_MALFORMED', `Refused "${entry.path}": the manifest names it twice.`);
    keys.add(key);
    return { entry, ...upload, bytes: bytesOf(input) ?? 0 };
  } catch (error) {
    if (isSyncError(error)) return { error, bytes: bytesOf(input) };
    throw error;
  }
}

function readChunks(input: unknown): {
  fields: unknown;
  chunks?: unknown;
  sent?: readonly number[];
} {
  if (typeof input !== 'object' || input === null || !('chunks' in input || 'sent' in input))
    return { fields: input };
  const { chunks, sent: _sent, ...fields } = input as Record<string, unknown>;
  const checked = chunkFields().safeParse(input);
  if (!checked.success) throw malformed('an entry', checked.error);
  const { sent } = checked.data;
  return { fields, chunks, ...(sent && { sent }) };
}

function checkChunks(
  entry: Entry,
  chunks: unknown,
  sent: readonly number[] | undefined,
): Pick<ManifestEntry, 'chunks' | 'sent'> {
  if (chunks === undefined && !sent) return {};
  const refuse = (field: string, why: string): SyncError =>
    new SyncError('REQUEST_MALFORMED', `Refused "${entry.path}": ${why}.`, { details: { field } });
  if (entry.state !== 'live' || chunks === undefined)
    throw refuse('chunks', 'only a live entry with a list of chunks may name chunks');
  const list = parseChunkList(chunks, entry.size);
  if (!sent) return { chunks: list };
  const count = unpackChunks(list).length;
  const ascending = sent.every((index, at) => index < count && index > (sent[at - 1] ?? -1));
  if (!ascending) throw refuse('sent', 'the chunks sent must be in the list, in its order, each once');
  return { chunks: list, sent };
}

/** Bytes of an upload that belong to this entry, read also from one that is refused, so that the next one's can be found. */
function bytesOf(input: unknown): number | null {
  if (typeof input !== 'object' || input === null) return null;
  const fields = input as { state?: unknown; size?: unknown; chunks?: unknown; sent?: unknown };
  if (fields.state === 'deleted') return 0;
  if (fields.state !== 'live') return null;
  if (fields.sent === undefined) return safeCount(fields.size);
  return bytesSent(fields.chunks, fields.sent, safeCount(fields.size));
}

function bytesSent(chunks: unknown, sent: unknown, size: number | null): number | null {
  const checked = chunkFields().safeParse({ chunks, sent });
  if (!checked.success || size === null) return null;
  try {
    const list = unpackChunks(parseChunkList(chunks, size));
    const indices = checked.data.sent ?? [];
    return safeCount(indices.reduce((sum, index) => sum + (list[index]?.size ?? NaN), 0));
  } catch (error) {
    if (isSyncError(error)) return null;
    throw error;
  }
}

function safeCount(input: unknown): number | null {
  return typeof input === 'number' && Number.isSafeInteger(input) && input >= 0 ? input : null;
}
