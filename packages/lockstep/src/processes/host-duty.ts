import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import {
  parsePath,
  type Clock,
  type FileKey,
  type HostEvent,
  type HostReceived,
  type HostStore,
  type Log,
  type Random,
  type Replica,
  type ReplicaEventMap,
} from '@lockstep/core';
import type { PeerContent, Sender, SenderEventMap, SenderEvents, SenderStatus } from '@lockstep/sender';
import { createDutyClient, type DutyClient } from './duty-client.js';
import { openDutyServer, type DutyServer } from './duty-server.js';
import { createHostBook, sumReceived, type HostBook } from './host-book.js';
import { createPauseFlag, type PauseFlag } from './pause-flag.js';
import { relayEvents, type EventRelay } from './relay-events.js';
import { runCall } from './run-call.js';
import { parseSenderFigures, withEarlier, type HostSenderStatus } from './sender-figures.js';

/** What a process received is told to the one that sends this often, if it changed; in ms. */
const beatMs = 500;

/** What the processes of a host work with. */
export interface HostDutyOptions {
  /** This process’s own sender, which starts when it takes over. */
  readonly sender: Sender;
  readonly replica: Replica;
  readonly host: HostStore;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** What this process received since it started. */
  readonly received: () => HostReceived;
}

/**
 * One process among those of its host: either the one that sends, with a socket for the others, or one of those, with a connection to
 * it. What it knows of the whole host it knows in both cases.
 */
export class HostDuty {
  readonly events: SenderEvents = new EventEmitter<SenderEventMap>();
  readonly #options: HostDutyOptions;
  readonly #process: string;
  readonly #book: HostBook = createHostBook();
  readonly #relay: EventRelay;
  readonly #pause: PauseFlag;
  #client: DutyClient | null;
  #server: DutyServer | null = null;
  #earlier: SenderStatus | null = null;
  #told: { readonly connection: number; readonly json: string } = { connection: 0, json: '' };
  #closed = false;
  #cancel: () => void = () => undefined;

  constructor(options: HostDutyOptions) {
    this.#options = options;
    const { replica, sender, random, host } = options;
    this.#process = random.id();
    this.#pause = createPauseFlag(host, sender);
    this.#client = createDutyClient({
      ...options,
      file: this.#file,
      process: this.#process,
      onEvent: (event) => this.#hear(event),
      onFigures: () => this.#report(),
    });
    this.#relay = relayEvents(replica, (event) => this.#tell(event));
    replica.events.on('recorded', this.#recorded);
    replica.events.on('problem', this.#troubled);
    sender.events.on('delivered', this.#delivered);
    sender.events.on('peer', this.#peer);
    this.#beat();
  }

  get isOnDuty(): boolean {
    return this.#client === null;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** The connection to the process that sends; null in that process itself. */
  get client(): DutyClient | null {
    return this.#client;
  }

  /** From now on this process sends, and answers the others. */
  async takeOver(): Promise<void> {
    const { sender } = this.#options;
    const told = this.#client?.figures ?? null;
    if (told !== null) {
      this.#earlier = parseSenderFigures(told.sender);
      this.#book.adopt(told.processes);
    }
    this.#client?.close();
    this.#client = null;
    this.#heedPause();
    if (this.#server === null) await this.#answerOthers();
    await sender.start();
  }

  async #answerOthers(): Promise<void> {
    const { sender, log } = this.#options;
    try {
      const server = await openDutyServer({
        ...this.#options,
        file: this.#file,
        figures: () => ({ sender: { ...this.#ownStatus() }, processes: this.#written() }),
        run: (call) => runCall(call, sender, () => this.#heedPause()),
        fetch: (file) => this.#fetch(file),
        onReceived: (process, received) => this.#write(process, received),
        onEnded: (process) => this.#book.end(process),
        onEvent: (event, from) => this.#hear(event, from),
      });
      if (this.#closed) await server.close();
      else this.#server = server;
    } catch (error) {
      const message =
        'The other processes of this host cannot reach this one: its state directory takes no socket';
      log.warn(message, { error });
    }
  }

  status(): HostSenderStatus {
    const paused = this.#pause.isSet();
    const client = this.#client;
    if (client === null) return { ...this.#ownStatus(), paused, elsewhere: null };
    const told = client.figures;
    const figures = told === null ? null : parseSenderFigures(told.sender);
    const own = this.#options.sender.status();
    if (told === null || figures === null) return { ...own, paused, elsewhere: null };
    const ageMs = Math.max(0, this.#options.clock.now() - told.heardMs);
    return { ...own, ...figures, active: false, paused, elsewhere: { pid: told.pid, ageMs } };
  }

  /** What all processes of the host received. */
  received(): HostReceived {
    const others = this.#client === null ? this.#book.read() : (this.#client.figures?.processes ?? {});
    return sumReceived(Object.values({ ...others, [this.#process]: this.#options.received() }));
  }

  /** Pauses or resumes sending, whichever process sends now or later. Throws when that cannot be written. */
  setPaused(paused: boolean): void {
    this.#pause.set(paused);
    if (this.isOnDuty) this.#heedPause();
  }

  /** Call it before the sender is closed, and `close` after. */
  end(): void {
    const { replica, sender } = this.#options;
    this.#closed = true;
    this.#cancel();
    this.#relay.end();
    this.#client?.close();
    replica.events.off('recorded', this.#recorded);
    replica.events.off('problem', this.#troubled);
    sender.events.off('delivered', this.#delivered);
    sender.events.off('peer', this.#peer);
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  get #file(): string {
    return join(this.#options.stateDir, 'sender.sock');
  }

  #ownStatus(): SenderStatus {
    return withEarlier(this.#options.sender.status(), this.#earlier);
  }

  #written(): Readonly<Record<string, HostReceived>> {
    this.#book.write(this.#process, this.#options.received());
    return this.#book.read();
  }

  #write(process: string, received: HostReceived): void {
    this.#book.write(process, received);
    this.#server?.changed();
  }

  #fetch({ folder, path }: { readonly folder: string; readonly path: string }): Promise<PeerContent | null> {
    return this.#options.sender.fetch({ folder, path: parsePath(path) } satisfies FileKey);
  }

  #heedPause(): void {
    if (this.#pause.heed()) this.#server?.changed();
  }

  #beat(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(beatMs, () => {
      if (this.isOnDuty) this.#heedPause();
      else this.#report();
      this.#beat();
    });
  }

  /** Once per connection, and whenever it changed. */
  #report(): void {
    const client = this.#client;
    if (client === null || client.connection === 0) return;
    const received = this.#options.received();
    const json = JSON.stringify(received);
    if (json === this.#told.json && client.connection === this.#told.connection) return;
    this.#told = { connection: client.connection, json };
    client.say({ kind: 'received', received });
  }

  #tell(event: HostEvent, except?: string): void {
    if (this.#client !== null) this.#client.say(event);
    else this.#server?.tell(event, except);
    this.#server?.changed();
  }

  /** What happened in another process; who sends passes it on. */
  #hear(event: HostEvent, from?: string): void {
    if (event.name === 'delivered') this.events.emit('delivered', event.event);
    else if (event.name === 'peer') this.events.emit('peer', event.event);
    else this.#relay.repeat(event);
    if (from !== undefined) this.#tell(event, from);
  }

  readonly #recorded = ({ entries, from }: ReplicaEventMap['recorded'][0]): void => {
    if (from === null) this.events.emit('observed', { entries });
    this.#server?.changed();
  };

  readonly #troubled = (problem: SenderEventMap['problem'][0]): void => {
    this.events.emit('problem', problem);
  };

  readonly #delivered = (event: SenderEventMap['delivered'][0]): void => {
    this.events.emit('delivered', event);
    this.#tell({ kind: 'event', name: 'delivered', event });
  };

  readonly #peer = (event: SenderEventMap['peer'][0]): void => {
    this.events.emit('peer', event);
    this.#tell({ kind: 'event', name: 'peer', event });
  };
}
