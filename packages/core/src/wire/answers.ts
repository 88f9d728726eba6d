import type { z } from 'zod';
import type { Entry } from '../model/entry.js';
import { errorCatalogue, type ErrorCode } from '../model/error-catalogue.js';
import { isSyncError, SyncError } from '../model/error.js';
import { showText } from '../model/show-text.js';
import type { NodeId } from '../model/version-vector.js';
import { fromWire } from './entry.js';
import { isNodeId } from './node-id.js';
import { parseJson } from './parse-json.js';
import {
  bodyEncodings,
  maxEntriesPerRequest,
  protocolVersion,
  type Hello,
  type ManifestAnswer,
} from './protocol.js';
import { makeLate } from './shapes.js';

// Fields that a newer minor release adds to an answer are passed over, not refused.
const fields = makeLate((z) => ({
  count: z.int().min(0),
  nodeId: z.custom<NodeId>(isNodeId, 'a node id is expected'),
  indexId: z.string().min(1).max(64),
  code: z.custom<ErrorCode>(
    (input) => typeof input === 'string' && Object.hasOwn(errorCatalogue, input),
    'an error code is expected',
  ),
  message: z.string().transform((text) => showText(text, 1000)),
}));

const hello = makeLate((z) => {
  const { count, nodeId, indexId } = fields();
  return z.object({
    protocol: z.number(),
    release: z.string().max(100),
    node: nodeId,
    indexId,
    lastSequence: count,
    liveDigest: z.string().max(128),
    folders: z.array(z.string().max(255)).max(1000),
    maxFileBytes: count,
    nowMs: count,
    encodings: z
      .array(z.string().max(40))
      .max(100)
      .transform((names) => bodyEncodings.filter((encoding) => names.includes(encoding)))
      .optional()
      .catch(undefined),
    fresh: z.boolean().optional().catch(undefined),
  });
});

const verdictShape = makeLate((z) => {
  const { count, code, message } = fields();
  return z.object({
    status: z.enum(['settled', 'want', 'held', 'refused']),
    applied: z.string().max(40).optional(),
    code: code.catch('INTERNAL').optional(),
    message: message.optional(),
    parts: z.boolean().optional(),
    chunks: z.array(count).optional(),
  });
});

const manifestAnswer = makeLate((z) =>
  z.object({
    protocol: z.number(),
    node: fields().nodeId,
    indexId: fields().indexId,
    results: z.array(verdictShape()),
    busyMs: z.number().min(0).optional().catch(undefined),
  }),
);

const indexPage = makeLate((z) =>
  z.object({
    indexId: fields().indexId,
    entries: z.array(z.unknown()).max(maxEntriesPerRequest),
    next: fields().count.nullable(),
  }),
);

const wireError = makeLate((z) =>
  z.object({
    code: fields().code,
    message: fields().message,
    details: z
      .record(
        z.string(),
        z.union([z.string().transform((text) => showText(text, 300)), z.number(), z.boolean(), z.null()]),
      )
      .catch({}),
  }),
);

/** Reads the answer of `GET /hello`. Throws PEER_NONSENSE, PROTOCOL_UNSUPPORTED. `url` is the peer's, for the message. */
export function parseHello(json: string | Uint8Array, url: string): Hello {
  const answer = parseAnswer(json, hello(), 'GET /hello', url);
  const { encodings, fresh, ...others } = answer;
  if (answer.protocol === protocolVersion)
    return { ...others, ...(encodings && { encodings }), ...(fresh !== undefined && { fresh }) };
  throw new SyncError(
    'PROTOCOL_UNSUPPORTED',
    `The peer "${answer.node}" at ${url} speaks protocol ${answer.protocol}, this server ${protocolVersion}. Run the same major release of Lockstep on both.`,
    { details: { url, protocol: answer.protocol, supported: protocolVersion } },
  );
}

/** Reads the answer to an offer, upload or delete of `entries` entries. Throws PEER_NONSENSE. */
export function parseManifestAnswer(json: string | Uint8Array, url: string, entries: number): ManifestAnswer {
  const { results, busyMs, ...answer } = parseAnswer(json, manifestAnswer(), 'a manifest', url);
  if (results.length !== entries) {
    throw nonsense(url, `it answered ${results.length} entries where ${entries} were sent`);
  }
  return { ...answer, results: results.map(withoutUndefined), ...(busyMs !== undefined && { busyMs }) };
}

/** Entries that a peer listed, and how many of them this server cannot take. */
export interface ParsedIndexPage {
  readonly indexId: string;
  readonly entries: readonly Entry[];
  readonly refused: readonly SyncError[];
  readonly next: number | null;
}

/** Reads one page of `GET /index`. A bad entry is refused by itself. Throws PEER_NONSENSE. */
export function parseIndexPage(json: string | Uint8Array, url: string): ParsedIndexPage {
  const page = parseAnswer(json, indexPage(), 'GET /index', url);
  const entries: Entry[] = [];
  const refused: SyncError[] = [];
  for (const each of page.entries) {
    try {
      entries.push(fromWire(each));
    } catch (error) {
      if (!isSyncError(error)) throw error;
      refused.push(error);
    }
  }
  return { indexId: page.indexId, entries, refused, next: page.next };
}

/** The failure that a peer answered; null when the body is not one of Lockstep's (a proxy's page, say). */
export function parseWireError(json: string | Uint8Array): SyncError | null {
  let input: unknown;
  try {
    input = parseJson(json);
  } catch (error) {
    if (isSyncError(error)) return null;
    throw error;
  }
  const checked = wireError().safeParse(input);
  if (!checked.success) return null;
  return new SyncError(checked.data.code, checked.data.message, { details: checked.data.details });
}

function parseAnswer<T>(json: string | Uint8Array, schema: z.ZodType<T>, question: string, url: string): T {
  let input: unknown;
  try {
    input = parseJson(json);
  } catch (cause) {
    throw nonsense(url, `its answer to ${question} is not JSON`, cause);
  }
  const checked = schema.safeParse(input);
  if (checked.success) return checked.data;
  const field = showText(checked.error.issues[0]?.path.join('.') ?? '');
  throw nonsense(url, `its answer to ${question} is malformed at "${field}"`, checked.error);
}

function nonsense(url: string, why: string, cause?: unknown): SyncError {
  return new SyncError(
    'PEER_NONSENSE',
    `${url} does not answer as Lockstep: ${why}. Mend the URL of this peer in LOCKSTEP_PEERS.`,
    { details: { url }, cause },
  );
}

/** Drops fields that are present but undefined: with `exactOptionalPropertyTypes` an absent field is another thing. */
function withoutUndefined(
  verdict: z.infer<ReturnType<typeof verdictShape>>,
): ManifestAnswer['results'][number] {
  const { status, applied, code, message, parts, chunks } = verdict;
  return {
    status,
    ...(applied !== undefined && { applied }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(parts !== undefined && { parts }),
    ...(chunks !== undefined && { chunks }),
  };
}
