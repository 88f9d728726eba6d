import type { Socket } from 'node:net';
import {
  hostFailure,
  hostProtocol,
  isSyncError,
  maxHostAnswerBytes,
  parseHostAnswer,
  steadyClock,
  SyncError,
  type Clock,
  type FileKey,
  type HostAnswer,
  type HostCall,
  type HostEvent,
  type HostQuestion,
  type Log,
} from '@lockstep/core';
import type { PeerContent } from '@lockstep/sender';
import { connectTo } from './host-socket.js';
import { readLines } from './read-lines.js';
import { ConnectionLost, receiveContent } from './receive-content.js';
import { joinFigures, type ToldFigures } from './told-figures.js';

/** While nobody sends it is looked for again after this time, in ms. */
const retryMs = 200;
/** Who sends gives a sign of life every second. One silent for so long, in ms, is taken for lost. */
const silenceMs = 10_000;
/** Finding a file at the peers may take so long, in ms. */
const fetchMs = 60_000;

/** The way to the process that sends, for one that does not. */
export interface DutyClient {
  /** Null before the first. They stay when the connection is lost. */
  readonly figures: ToldFigures | null;
  /** Which connection this is, counted from 1; 0 while there is none. */
  readonly connection: number;
  /** Resolves when there is a connection, false when there is none after `waitMs`. */
  connected(waitMs: number): Promise<boolean>;
  /** Has it done by the process that sends. Rejects with its failure, or `ConnectionLost`. */
  call(call: HostCall): Promise<unknown>;
  fetch(file: FileKey): Promise<PeerContent | null>;
  /** Says something, if there is a connection. */
  say(message: Extract<HostQuestion, { kind: 'received' | 'event' }>): void;
  /** Ends the connection; what waits is rejected with `ConnectionLost`. */
  close(): void;
}

export interface DutyClientOptions {
  readonly file: string;
  /** This process’s name among those of the host. */
  readonly process: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEvent: (event: HostEvent) => void;
  readonly onFigures: () => void;
}

interface Waiter {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export function createDutyClient(options: DutyClientOptions): DutyClient {
  const client = new SocketClient(options);
  void client.open();
  return client;
}

class SocketClient implements DutyClient {
  readonly #options: DutyClientOptions;
  readonly #steady: Clock;
  readonly #calls = new Map<number, Waiter>();
  readonly #arrivals = new Set<() => void>();
  #socket: Socket | null = null;
  #coming: Socket | null = null;
  #arrived = 0;
  #figures: ToldFigures | null = null;
  #pid = 0;
  #nextId = 1;
  #closed = false;
  #refused = false;
  #cancel: () => void = () => undefined;

  constructor(options: DutyClientOptions) {
    this.#options = options;
    this.#steady = steadyClock(options.clock);
  }

  get figures(): ToldFigures | null {
    return this.#figures;
  }

  get connection(): number {
    return this.#socket === null ? 0 : this.#arrived;
  }

  async open(): Promise<void> {
    if (this.#closed) return;
    try {
      const socket = await connectTo(this.#options.file);
      if (this.#isClosed()) socket.destroy();
      else this.#greet(socket);
    } catch {
      // Nobody sends now, or it is only starting.
      this.#later();
    }
  }

  connected(waitMs: number): Promise<boolean> {
    if (this.#socket !== null) return Promise.resolve(true);
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#arrivals.delete(end);
        resolve(this.#socket !== null);
      };
      const cancel = this.#options.clock.after(waitMs, end);
      this.#arrivals.add(end);
    });
  }

  call(call: HostCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket === null) return reject(new ConnectionLost('No process of this host sends now.'));
      const id = this.#nextId++;
      this.#calls.set(id, { resolve, reject });
      this.#write({ kind: 'call', id, call });
    });
  }

  async fetch(file: FileKey): Promise<PeerContent | null> {
    let socket: Socket;
    try {
      socket = await connectTo(this.#options.file);
    } catch {
      throw new ConnectionLost('No process of this host sends now.');
    }
    return receiveContent(socket, file, fetchMs);
  }

  say(message: Extract<HostQuestion, { kind: 'received' | 'event' }>): void {
    if (this.#socket !== null) this.#write(message);
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#coming?.destroy();
    this.#lose();
    for (const arrival of [...this.#arrivals]) arrival();
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #later(): void {
    if (!this.#closed) this.#cancel = this.#options.clock.after(retryMs, () => void this.open());
  }

  #greet(socket: Socket): void {
    const { process: name } = this.#options;
    this.#coming = socket;
    let heardMs = this.#steady.now();
    socket.unref();
    socket.on('error', (error) => this.#options.log.debug('The process that sends was lost', { error }));
    socket.on('close', () => {
      this.#cancel();
      this.#lose();
      this.#later();
    });
    readLines(socket, maxHostAnswerBytes, (line) => {
      heardMs = this.#steady.now();
      this.#read(socket, line);
    });
    const listen = (): void => {
      if (this.#steady.now() - heardMs > silenceMs) socket.destroy();
      else this.#cancel = this.#options.clock.after(silenceMs / 5, listen);
    };
    listen();
    const hello = { kind: 'hello', protocol: hostProtocol, process: name, pid: process.pid };
    socket.write(`${JSON.stringify(hello)}\n`);
  }

  #read(socket: Socket, line: Buffer): void {
    try {
      this.#hear(socket, parseHostAnswer(line));
      this.#refused = false;
    } catch (error) {
      if (!isSyncError(error)) throw error;
      if (!this.#refused) {
        this.#options.log.warn('Could not read what the process that sends told; trying on', {
          reason: error.message,
        });
      }
      this.#refused = true;
      socket.destroy();
    }
  }

  #hear(socket: Socket, answer: HostAnswer): void {
    switch (answer.kind) {
      case 'hello':
        this.#pid = answer.pid;
        return;
      case 'figures':
        this.#figures = joinFigures(answer, this.#socket === socket ? this.#figures : null, {
          pid: this.#pid,
          nowMs: this.#options.clock.now(),
        });
        this.#arrive(socket);
        this.#options.onFigures();
        return;
      case 'event':
        return this.#options.onEvent(answer);
      case 'done':
        this.#calls.get(answer.id)?.resolve(answer.result);
        this.#calls.delete(answer.id);
        return;
      case 'failed':
        this.#calls.get(answer.id)?.reject(hostFailure(answer));
        this.#calls.delete(answer.id);
        return;
      case 'content':
        throw new SyncError('REQUEST_MALFORMED', 'Refused the message "content" at this point.');
    }
  }

  /** The way is open once the figures are known: from then on this process can tell them. */
  #arrive(socket: Socket): void {
    if (this.#socket === socket) return;
    this.#socket = socket;
    this.#arrived += 1;
    for (const arrival of [...this.#arrivals]) arrival();
  }

  #lose(): void {
    this.#socket = null;
    const waiters = [...this.#calls.values()];
    this.#calls.clear();
    for (const waiter of waiters) waiter.reject(new ConnectionLost('The process that sends has ended.'));
  }

  #write(message: HostQuestion): void {
    this.#socket?.write(`${JSON.stringify(message)}\n`);
  }
}
