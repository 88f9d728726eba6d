import type { Clock, Hello, IndexStore } from '@lockstep/core';
import { createFifo } from './fifo.js';
import type { Item } from './item.js';

/**
 * Old rows: live ones that were here before a peer was met, or that a new index found. Two servers that were set up alike both have
 * all of them. The peer is asked how its index is before any of them is offered: equal digests settle all at
 * once, else the indexes are compared, and only what the peer has not is offered.
 */
export interface FirstMeeting {
  /** Rows in the order of their sequences. */
  push(item: Item): void;
  /** Those about which it is known by now: to be offered, and known to the peer already. Never holds one back for ever: `wake` is called. */
  take(): { readonly offered: readonly Item[]; readonly known: readonly Item[] };
  /** So many wait that no more are to be read: the index keeps them at less cost. */
  readonly isFull: boolean;
}

export interface FirstMeetingOptions {
  readonly clock: Clock;
  readonly index: Pick<IndexStore, 'isFresh' | 'lastSequence' | 'liveDigest'>;
  /** Identity of the peer's index as it was met: what another one holds says nothing. */
  readonly indexId: string | null;
  /** What the peer just said when it was met. */
  readonly greeting?: Hello;
  readonly hello: () => Promise<Hello>;
  /** Sequences, of the rows here from `first` on, of those that the peer has. */
  readonly findKnown: (first: number) => Promise<Set<number>>;
  readonly wake: () => void;
}

/** Rows that wait in memory at most; the answer about them will hold for those after them too. */
const mostWaiting = 2_000;
/** How long after a look the next one comes while one side is still being scanned for the first time, in ms, */
const restMs = 250;
/** and how many looks in a row may find that it does not come on, */
const mostStill = 20;
/** and how many there are in all before the rows are compared as they are: two minutes. */
const mostLooks = 480;
/** The same for a peer of a release that does not say whether it is being scanned. */
const mostGuesses = 32;
/** How long what a peer said counts, in ms. */
const freshMs = 1_000;
/** When the peer cannot be asked, so many rows are offered before it is asked again, */
const trialRows = 100;
/** and so long after that, in ms. */
const trialMs = 1_000;
/** It can be asked, but its rows could not be read so many times: they are not asked for any more. */
const mostFailures = 3;

/** What came of a look. */
type Finding = 'equal' | 'empty' | 'moving' | 'other';

export function createFirstMeeting(options: FirstMeetingOptions): FirstMeeting {
  return new Meeting(options);
}

class Meeting implements FirstMeeting {
  readonly #options: FirstMeetingOptions;
  readonly #waiting = createFifo<Item>();
  readonly #progress = createProgress();
  readonly #metMs: number;
  #greeting: Hello | undefined;
  /** The peer has every live row up to here. */
  #knownUpTo = 0;
  /** The rows were compared: the peer has these of them. Nothing is asked any more. */
  #known: Set<number> | null = null;
  /** Rows that are offered although nothing could be found out. */
  #trial = 0;
  #failures = 0;
  #isLooking = false;

  constructor(options: FirstMeetingOptions) {
    this.#options = options;
    this.#greeting = options.greeting;
    this.#metMs = options.clock.now();
  }

  get isFull(): boolean {
    return this.#waiting.length >= mostWaiting;
  }

  push(item: Item): void {
    this.#waiting.push(item);
  }

  take(): { readonly offered: readonly Item[]; readonly known: readonly Item[] } {
    const offered: Item[] = [];
    const known: Item[] = [];
    for (let item = this.#waiting.peek(); item !== undefined; item = this.#waiting.peek()) {
      const answer = this.#about(item.sequence);
      if (answer === 'wait') break;
      (answer === 'known' ? known : offered).push(item);
      this.#waiting.shift();
    }
    return { offered, known };
  }

  #about(sequence: number): 'known' | 'offer' | 'wait' {
    if (sequence <= this.#knownUpTo) return 'known';
    if (this.#known !== null) return this.#known.delete(sequence) ? 'known' : 'offer';
    if (this.#trial > 0) {
      this.#trial -= 1;
      return 'offer';
    }
    if (this.#isLooking) return 'wait';
    if (this.#lookAtGreeting()) return this.#about(sequence);
    void this.#look(sequence);
    return 'wait';
  }

  /** Gives true when what the peer said as it was met is enough. */
  #lookAtGreeting(): boolean {
    const greeting = this.#greeting;
    this.#greeting = undefined;
    if (greeting === undefined || this.#options.clock.now() - this.#metMs > freshMs) return false;
    const finding = this.#judge(greeting);
    return finding === 'equal' || finding === 'empty';
  }

  async #look(first: number): Promise<void> {
    const { hello, wake } = this.#options;
    this.#isLooking = true;
    try {
      const finding = this.#judge(await hello());
      if (finding === 'moving') await this.#rest(restMs);
      else if (finding === 'other') await this.#compare(first);
    } catch {
      // Some offers will meet the same failure, and that is dealt with; the others ask again afterwards.
      this.#trial = trialRows;
      wake();
      await this.#rest(trialMs);
    }
    this.#isLooking = false;
    wake();
  }

  async #rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => void this.#options.clock.after(ms, resolve));
  }

  async #compare(first: number): Promise<void> {
    try {
      this.#known = await this.#options.findKnown(first);
    } catch (error) {
      this.#failures += 1;
      if (this.#failures < mostFailures) throw error;
      this.#known = new Set();
    }
  }

  #judge(hello: Hello): Finding {
    const { index, indexId } = this.#options;
    // Before the digest: every row up to it is in the digest, or a newer one of its path is.
    const lastSequence = index.lastSequence();
    const isSame = hello.indexId === indexId;
    if (isSame && hello.liveDigest === index.liveDigest()) {
      this.#knownUpTo = lastSequence;
      return 'equal';
    }
    const isEmpty = isSame && hello.lastSequence === 0 && hello.fresh !== true;
    if (isEmpty || !isSame) {
      this.#known = new Set();
      return 'empty';
    }
    return this.#progress(hello, { lastSequence, isFresh: index.isFresh }) ? 'moving' : 'other';
  }
}

/** Gives a function that is true while it is worth while to wait: a first scan here or there comes on, and may end with equal indexes. */
function createProgress(): (hello: Hello, local: { lastSequence: number; isFresh: boolean }) => boolean {
  let [theirs, ours] = [-1, -1];
  let [still, looks] = [0, 0];

  return (hello, local) => {
    const isGuess = hello.fresh === undefined;
    const hasMovedThere = hello.lastSequence !== theirs;
    const hasMovedHere = local.lastSequence !== ours;
    [theirs, ours] = [hello.lastSequence, local.lastSequence];
    looks += 1;
    if (looks >= (isGuess ? mostGuesses : mostLooks)) return false;
    if (isGuess && hasMovedThere) return true;
    if (hello.fresh !== true && !local.isFresh) return false;
    // Far less is there than was found here already, and no more comes.
    if (hello.fresh !== true && hello.lastSequence * 2 < local.lastSequence) return false;
    still = (hello.fresh === true ? hasMovedThere : hasMovedHere) ? 0 : still + 1;
    return still < mostStill;
  };
}
