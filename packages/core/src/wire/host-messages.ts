import type { z } from 'zod';
import { errorCatalogue, type ErrorCode } from '../model/error-catalogue.js';
import { SyncError } from '../model/error.js';
import { showText } from '../model/show-text.js';
import { parseJson } from './parse-json.js';
import { makeLate } from './shapes.js';

/** Version of what the processes of one host say to each other. Another one is refused: they are of two releases. */
export const hostProtocol = 1;

/** The longest line to the process that sends, and from it, in bytes. */
export const maxHostQuestionBytes = 256 * 1024;
export const maxHostAnswerBytes = 16 * 1024 * 1024;

const fields = makeLate((z) => ({
  count: z.number().min(0),
  name: z.string().max(255),
  id: z.int().min(0),
  path: z.string().max(4096),
  code: z.custom<ErrorCode>((input) => typeof input === 'string' && Object.hasOwn(errorCatalogue, input)),
}));

/** What one process received and counted since it started. */
const received = makeLate((z) => {
  const { count } = fields();
  const outcome = z.object({ ok: count, failed: count });
  return z.object({
    totals: z.object({ upload: outcome, delete: outcome }),
    bytesReceived: count,
    failures: z.record(z.string().max(64), count),
    peers: z
      .array(z.object({ name: z.string().max(64), lastContactMs: z.number() }))
      .max(1000)
      .readonly(),
    inFlight: count,
    counters: z.object({ unchanged: count, copied: count, known: count, conflicts: count }),
  });
});

const event = makeLate((z) => {
  const { count, name, id, path, code } = fields();
  const told = <N extends string, E extends z.ZodType>(named: N, shape: E) =>
    z.object({ kind: z.literal('event'), name: z.literal(named), event: shape });
  return z.discriminatedUnion('name', [
    told('problem', z.object({ folder: name, path, code, message: z.string().max(10_000) })),
    told('solved', z.object({ folder: name, path })),
    told('held', z.object({ id, folder: name, paths: count, peer: name.nullable() })),
    told('unheld', z.object({ id, folder: name })),
    told('delivered', z.object({ peer: name, cursor: count })),
    told(
      'peer',
      z.object({
        name: name.nullable(),
        url: z.string().max(4096),
        state: z.enum(['connecting', 'up', 'unreachable', 'self']),
        code: code.nullable(),
      }),
    ),
  ]);
});

const call = makeLate((z) => {
  const { name, id } = fields();
  return z.discriminatedUnion('do', [
    z.object({
      do: z.literal('flush'),
      peers: z.union([z.string().max(64), z.number()]).optional(),
      timeoutMs: z.number(),
    }),
    z.object({ do: z.literal('rescan'), folder: name.optional() }),
    z.object({ do: z.literal('retryNow'), peer: name.optional() }),
    z.object({ do: z.literal('restoreHold'), hold: id }),
    /** Sending was paused or resumed: look which. */
    z.object({ do: z.literal('heedPause') }),
  ]);
});

const question = makeLate((z) => {
  const { name, id, path } = fields();
  return z.discriminatedUnion('kind', [
    /** The first line of a process that stays. */
    z.object({ kind: z.literal('hello'), protocol: z.number(), process: z.string().min(1).max(64), pid: id }),
    /** The only line of a connection that reads one file of a peer. */
    z.object({ kind: z.literal('fetch'), protocol: z.number(), folder: name, path }),
    z.object({ kind: z.literal('call'), id, call: call() }),
    z.object({ kind: z.literal('received'), received: received() }),
    event(),
  ]);
});

const answer = makeLate((z) => {
  const { count, id, code } = fields();
  const failure = z.object({
    code,
    message: z.string().max(10_000),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).catch({}),
  });
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('hello'), protocol: z.number(), pid: id }),
    /** What changed of the figures; told once a second also when nothing did. */
    z.object({
      kind: z.literal('figures'),
      /** Parts of the sender's status. */
      sender: z.record(z.string().max(255), z.unknown()),
      /** Of every process of the host, by its id, also of those that ended; absent when nothing of it changed. */
      processes: z.record(z.string().max(64), received()).optional(),
    }),
    z.object({ kind: z.literal('done'), id, result: z.unknown() }),
    z.object({ kind: z.literal('failed'), id, error: failure }),
    /** The bytes of the file follow, so many; null: no peer has it. */
    z.object({ kind: z.literal('content'), size: count.nullable() }),
    event(),
  ]);
});

/** What a process of the host does through the one that sends. */
export type HostCall = z.infer<ReturnType<typeof call>>;
export type HostQuestion = z.infer<ReturnType<typeof question>>;
export type HostAnswer = z.infer<ReturnType<typeof answer>>;
export type HostEvent = z.infer<ReturnType<typeof event>>;
export type HostReceived = z.infer<ReturnType<typeof received>>;

/** Reads a line from a process that asks. Throws REQUEST_MALFORMED. */
export function parseHostQuestion(line: string | Uint8Array): HostQuestion {
  return parse(line, question());
}

/** Reads a line from the process that sends. Throws REQUEST_MALFORMED. */
export function parseHostAnswer(line: string | Uint8Array): HostAnswer {
  return parse(line, answer());
}

/** The failure that the sending process answered. */
export function hostFailure({ error }: Extract<HostAnswer, { kind: 'failed' }>): SyncError {
  return new SyncError(error.code, error.message, { details: error.details });
}

function parse<T>(line: string | Uint8Array, schema: z.ZodType<T>): T {
  const checked = schema.safeParse(parseJson(line));
  if (checked.success) return checked.data;
  const field = showText(checked.error.issues[0]?.path.join('.') ?? '');
  throw new SyncError(
    'REQUEST_MALFORMED',
    `Refused a message of another process of this host: it is malformed at "${field}". Run the same release in all of them.`,
    { cause: checked.error },
  );
}
