import {
  createFakeDisk,
  createMemoryIndex,
  type FakeDisk,
  type MemoryIndex,
  type SeededRandom,
} from '@lockstep/core/testing';
import type { EventQueue } from './event-queue.js';
import { createLife, Killed, type Life } from './life.js';
import type { Network } from './network.js';
import { pathInFolder } from './places.js';
import type { Plan } from './plan.js';
import { install, startProcess, stopProcess, type ServerProcess } from './server-process.js';

/** What all servers of a world share. */
export interface Surroundings {
  readonly queue: EventQueue;
  readonly plan: Plan;
  readonly network: () => Network;
  readonly trace: (line: string) => void;
  readonly onDefect: (error: unknown) => void;
  readonly onRecorded: ((line: string) => void) | undefined;
  /** Told of every deletion that is recorded. */
  readonly onDeletion: (line: string) => void;
}

const hintDelayMs = 12;
const waitMs = 3;
const restartMs = 15_000;

/** One machine: its disk, its index, its clock, and the process that runs on it, if any. */
export class Server {
  readonly name: string;
  disk: FakeDisk;
  index: MemoryIndex;
  skewMs = 0;
  /** True while every transaction fails because the disk is full. */
  isFull = false;
  process: ServerProcess | null = null;
  /** The index was lost or put back: rows of the archive may be missing, its objects are there. */
  hasLostRows = false;
  /** Share of the watcher's hints that are lost. */
  hintLoss: number;
  #life: Life | null = null;
  #crash: { writes: number; powerCut: boolean } | null = null;
  readonly #random: SeededRandom;
  readonly #world: Surroundings;

  constructor(name: string, world: Surroundings, random: SeededRandom) {
    this.name = name;
    this.#world = world;
    this.#random = random;
    this.hintLoss = world.plan.hintLoss;
    this.disk = this.#newDisk();
    this.index = this.#newIndex();
  }

  get clock(): { now(): number; after(ms: number, task: () => void): () => void } {
    const { queue } = this.#world;
    return { now: () => queue.nowMs + this.skewMs, after: (ms, task) => queue.after(ms, task) };
  }

  get isUp(): boolean {
    return this.#life !== null;
  }

  start(): void {
    if (this.#life !== null) return;
    const { queue, plan, network, trace, onDefect, onRecorded, onDeletion } = this.#world;
    trace(`${this.name} starts`);
    const life = createLife(queue, () => this.skewMs);
    this.#life = life;
    const others = plan.nodes.filter((other) => other !== this.name);
    startProcess({
      ...{ node: this.name, life, disk: this.disk, index: this.index, random: this.#random },
      ...{ gate: this.#gateOf(life), onRecorded, onDeletion, compares: plan.compares },
      peers: others.map((other) => ({ name: other, peer: network().peerOf(this.name, other) })),
    }).then(
      (process) => {
        if (life.isAlive) this.process = process;
        else stopProcess(process);
      },
      (error: unknown) => {
        if (!life.isAlive) return;
        this.#end();
        if (error instanceof Error && 'code' in error) queue.after(restartMs, () => this.start());
        else onDefect(error);
      },
    );
  }

  /** The process, or the whole machine, stops before the next write but `writes`; soon in any case. */
  crashSoon(writes: number, powerCut: boolean): void {
    const crash = { writes, powerCut };
    this.#crash = crash;
    this.#world.queue.after(2_000, () => {
      if (this.#crash === crash) this.crash(powerCut);
    });
  }

  /** Stops the process (`powerCut`: the machine), which starts again after a while. */
  crash(powerCut: boolean, downMs = this.#random.below(restartMs)): void {
    this.#world.trace(`${this.name} ${powerCut ? 'loses power' : 'is killed'}`);
    this.#end();
    this.disk = this.disk.crash({ powerCut });
    const lost = powerCut ? this.#random.below(this.index.unflushed + 1) : 0;
    this.index = this.index.powerCut({ loseLastTransactions: lost });
    this.#world.queue.after(downMs, () => this.start());
  }

  /** Another disk is put in: nothing is left. */
  wipe(): void {
    this.#end();
    this.disk = this.#newDisk();
    this.loseIndex();
  }

  loseIndex(): void {
    this.#end();
    this.hasLostRows = true;
    this.index.close();
    this.index = this.#newIndex();
  }

  putBack(index: MemoryIndex): void {
    this.#end();
    this.hasLostRows = true;
    this.index.close();
    this.index = index;
  }

  /** The watcher reports a path. */
  hint(path: string): void {
    const process = this.process;
    if (process === null || this.#random.chance(this.hintLoss)) return;
    this.#world.queue.after(this.#random.below(hintDelayMs), () => {
      if (process.life.isAlive) process.observer.hint('static', path);
    });
  }

  /** No more faults of its own. */
  calm(): void {
    this.#crash = null;
    this.hintLoss = 0;
  }

  shutDown(): void {
    this.#end();
  }

  #end(): void {
    this.#crash = null;
    this.#life?.end();
    this.#life = null;
    if (this.process !== null) stopProcess(this.process);
    this.process = null;
  }

  #newDisk(): FakeDisk {
    const disk = createFakeDisk({
      clock: this.clock,
      random: this.#random.fork(`disk ${this.#world.queue.nowMs}`),
    });
    install(disk);
    return disk;
  }

  #newIndex(): MemoryIndex {
    return createMemoryIndex({ node: this.name, random: this.#random, clock: this.clock });
  }

  #gateOf(life: Life): Parameters<typeof startProcess>[0]['gate'] {
    const { queue, plan } = this.#world;
    const random = this.#random;
    return {
      get isAlive() {
        return life.isAlive;
      },
      wait: () =>
        random.chance(plan.waitChance)
          ? new Promise((resolve) => queue.after(random.below(waitMs), () => resolve()))
          : null,
      beforeWrite: () => this.#survives(life),
      changed: (absolute) => {
        const path = pathInFolder(absolute);
        if (path !== null && life.isAlive) this.hint(path);
      },
      beforeTransaction: () => {
        if (!this.#survives(life)) throw new Killed('The process was killed before a transaction.');
        return this.isFull ? 'full' : 'go';
      },
    };
  }

  /** Counts the writes down to the crash that was planned. */
  #survives(life: Life): boolean {
    if (!life.isAlive) return false;
    const crash = this.#crash;
    if (crash === null) return true;
    crash.writes -= 1;
    if (crash.writes > 0) return true;
    this.crash(crash.powerCut);
    return false;
  }
}
