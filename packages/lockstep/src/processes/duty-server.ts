import type { Server, Socket } from 'node:net';
import {
  hostProtocol,
  isSyncError,
  maxHostQuestionBytes,
  parseHostQuestion,
  SyncError,
  type Clock,
  type HostAnswer,
  type HostCall,
  type HostEvent,
  type HostQuestion,
  type HostReceived,
  type Log,
} from '@lockstep/core';
import type { PeerContent } from '@lockstep/sender';
import { createFigureFeed, type FigureFeed } from './figure-feed.js';
import { listenAt } from './host-socket.js';
import { readLines } from './read-lines.js';
import { sendContent } from './send-content.js';

/** A stranger has this long to say who it is. */
const greetingMs = 5_000;
/** What was answered is still sent for so long when the server closes. */
const partingMs = 500;
const mostConnections = 256;
/** A process that does not read what it is told is let go; it comes back when it can. */
const mostUnreadBytes = 32 * 1024 * 1024;

/** What the sending process does for the others of its host. */
export interface DutyServerOptions {
  /** Where to listen. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The sender’s status, and what each process received. */
  readonly figures: () => {
    readonly sender: Readonly<Record<string, unknown>>;
    readonly processes: Readonly<Record<string, HostReceived>>;
  };
  readonly run: (call: HostCall) => Promise<unknown>;
  readonly fetch: (file: { readonly folder: string; readonly path: string }) => Promise<PeerContent | null>;
  readonly onReceived: (process: string, received: HostReceived) => void;
  readonly onEnded: (process: string) => void;
  readonly onEvent: (event: HostEvent, from: string) => void;
}

/** The socket at the process that sends. */
export interface DutyServer {
  /** The figures changed: they are told soon. */
  changed(): void;
  /** To all but the process that said it. */
  tell(event: HostEvent, except?: string): void;
  /** Lets everybody go; they look for the next who sends. */
  close(): Promise<void>;
}

interface Connection {
  readonly socket: Socket;
  process: string | null;
}

/** Listens for the other processes of this host. Who may open the socket is one of them: the file system decides. */
export async function openDutyServer(options: DutyServerOptions): Promise<DutyServer> {
  const connections = new Set<Connection>();
  const feed = createFigureFeed({
    ...options,
    isHeard: () => [...connections].some(({ process }) => process !== null),
    tell: broadcast,
  });
  const server = await listenAt(options.file, (socket) => admit(socket, options, connections, feed));

  return {
    changed: () => feed.changed(),
    tell: (event, except) => broadcast(lineOf(event), except),
    async close() {
      feed.close();
      await closeAll(server, connections, options.clock);
    },
  };

  function broadcast(line: string, except: string | null = null): void {
    for (const { socket, process } of connections)
      if (process !== null && process !== except) write(socket, line);
  }
}

function admit(
  socket: Socket,
  options: DutyServerOptions,
  connections: Set<Connection>,
  feed: FigureFeed,
): void {
  const { clock, log } = options;
  const connection: Connection = { socket, process: null };
  if (connections.size >= mostConnections) return void socket.destroy();
  connections.add(connection);
  socket.unref();
  const tooLate = clock.after(greetingMs, () => socket.destroy());
  socket.on('error', (error) => log.debug('A process of this host was let go', { error }));
  socket.on('close', () => {
    tooLate();
    connections.delete(connection);
    const stays = [...connections].some(({ process }) => process === connection.process);
    if (connection.process !== null && !stays) options.onEnded(connection.process);
  });
  const reader = readLines(socket, maxHostQuestionBytes, (line) => {
    try {
      const question = parseHostQuestion(line);
      if (connection.process !== null) return hear(connection.process, socket, question, options);
      tooLate();
      greet(question);
    } catch (error) {
      if (!isSyncError(error)) throw error;
      log.warn('Refused a message of another process of this host', { reason: error.message });
      socket.destroy();
    }
  });

  function greet(question: HostQuestion): void {
    if (question.kind !== 'hello' && question.kind !== 'fetch') throw unexpected(question);
    if (question.protocol !== hostProtocol) throw otherRelease(question.protocol);
    if (question.kind === 'fetch') {
      reader.end();
      void sendContent(socket, () => options.fetch(question));
      return;
    }
    write(socket, lineOf({ kind: 'hello', protocol: hostProtocol, pid: process.pid }));
    connection.process = question.process;
    write(socket, feed.everything());
  }
}

function hear(from: string, socket: Socket, question: HostQuestion, options: DutyServerOptions): void {
  switch (question.kind) {
    case 'call':
      void answer(socket, question, options);
      return;
    case 'received':
      options.onReceived(from, question.received);
      return;
    case 'event':
      options.onEvent(question, from);
      return;
    case 'hello':
    case 'fetch':
      throw unexpected(question);
  }
}

type Call = Extract<HostQuestion, { kind: 'call' }>;

async function answer(socket: Socket, { id, call }: Call, { run, log }: DutyServerOptions): Promise<void> {
  try {
    const result = await run(call);
    write(socket, lineOf({ kind: 'done', id, result: result ?? null }));
  } catch (error) {
    if (!isSyncError(error))
      log.error(`Another process of this host asked for ${call.do}: it failed`, { error });
    const failure = isSyncError(error)
      ? error
      : new SyncError('INTERNAL', `Could not carry out ${call.do}: see the log of the process that sends.`);
    const { code, message, details } = failure.toJSON();
    write(socket, lineOf({ kind: 'failed', id, error: { code, message, details } }));
  }
}

async function closeAll(server: Server, connections: Set<Connection>, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const { socket } of connections) socket.destroySoon();
  const cancel = clock.after(partingMs, () => {
    for (const { socket } of connections) socket.destroy();
  });
  await closed;
  cancel();
}

function write(socket: Socket, line: string): void {
  if (socket.destroyed || socket.writableEnded) return;
  socket.write(line);
  if (socket.writableLength > mostUnreadBytes) socket.destroy(new Error('It does not read what it is told.'));
}

/** A message as it travels. */
export function lineOf(message: HostAnswer | HostQuestion): string {
  return `${JSON.stringify(message)}\n`;
}

function unexpected({ kind }: HostQuestion): SyncError {
  return new SyncError('REQUEST_MALFORMED', `Refused the message "${kind}" at this point.`);
}

function otherRelease(protocol: number): SyncError {
  return new SyncError(
    'PROTOCOL_UNSUPPORTED',
    `A process of this host speaks protocol ${protocol}, this one ${hostProtocol}. Run the same release in all of them.`,
  );
}
