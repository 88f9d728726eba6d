import type { SeededRandom } from '@lockstep/core/testing';

/** All that is going to happen in a simulated world, in the order of its time. */
export interface EventQueue {
  /** The true time, in ms since the epoch; the servers' clocks may be off. */
  readonly nowMs: number;
  /** How many events have run. */
  readonly steps: number;
  /** Runs `task` after `ms` unless the returned function is called first. Among events of one moment the seed chooses. */
  after(ms: number, task: () => void): () => void;
  /** Runs events until `isOver`, or until none is left. Rejects with what an event throws. */
  run(isOver: () => boolean): Promise<void>;
}

interface Event {
  readonly dueMs: number;
  readonly tie: number;
  task: (() => void) | null;
}

const startMs = 1_700_000_000_000;

/** Turns of the event loop before time moves on by more than a moment: what code under test put off with `setImmediate` comes first. */
const idleTurns = 3;
const momentMs = 5;

/** An empty queue. */
export function createEventQueue(random: SeededRandom): EventQueue {
  const heap = createHeap();
  let nowMs = startMs;
  let steps = 0;

  function runOne(event: Event): void {
    nowMs = Math.max(nowMs, event.dueMs);
    steps += 1;
    event.task?.();
  }

  /** Gives false when nothing is left to run. */
  function turn(idle: { turns: number }): boolean {
    let event = heap.peek();
    while (event?.task === null) {
      heap.pop();
      event = heap.peek();
    }
    if (event !== undefined && event.dueMs - nowMs <= momentMs) {
      idle.turns = 0;
      heap.pop();
      runOne(event);
      return true;
    }
    idle.turns += 1;
    if (idle.turns <= idleTurns) return true;
    if (event === undefined) return false;
    idle.turns = 0;
    heap.pop();
    runOne(event);
    return true;
  }

  return {
    get nowMs() {
      return nowMs;
    },
    get steps() {
      return steps;
    },
    after(ms, task) {
      const event: Event = { dueMs: nowMs + Math.max(0, Math.ceil(ms)), tie: random.fraction(), task };
      heap.push(event);
      return () => {
        event.task = null;
      };
    },
    run: (isOver) =>
      new Promise((resolve, reject) => {
        const idle = { turns: 0 };
        const next = (): void => {
          try {
            if (isOver() || !turn(idle)) resolve();
            else setImmediate(next);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        next();
      }),
  };
}

interface Heap {
  push(event: Event): void;
  pop(): void;
  peek(): Event | undefined;
}

function isSooner(a: Event, b: Event): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.tie < b.tie);
}

/** The soonest event at the top. */
function createHeap(): Heap {
  const events: Event[] = [];

  function rise(from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!swapIfSooner(at, above)) return;
      at = above;
    }
  }

  function sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const [a, b] = [events[left], events[right]];
      if (a === undefined) return;
      const child = b !== undefined && isSooner(b, a) ? right : left;
      if (!swapIfSooner(child, at)) return;
      at = child;
    }
  }

  function swapIfSooner(child: number, parent: number): boolean {
    const [below, above] = [events[child], events[parent]];
    if (below === undefined || above === undefined || !isSooner(below, above)) return false;
    events[parent] = below;
    events[child] = above;
    return true;
  }

  return {
    peek: () => events[0],
    push(event) {
      events.push(event);
      rise(events.length - 1);
    },
    pop() {
      const last = events.pop();
      if (events.length === 0 || last === undefined) return;
      events[0] = last;
      sink();
    },
  };
}
