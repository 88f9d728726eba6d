import type { Clock } from '@lockstep/core';
import type { EventQueue } from './event-queue.js';

/** Thrown into code whose process has just been killed. No error of the catalogue: nobody may take it for an answer. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** One life of a server's process. When it ends nothing of it goes on: no timer, no step of the disk, no transaction. */
export interface Life {
  readonly isAlive: boolean;
  /** The server's own clock, which may be off. */
  readonly clock: Clock;
  end(): void;
}

/** @param skewMs how far the server's clock is off, now */
export function createLife(queue: EventQueue, skewMs: () => number): Life {
  let isAlive = true;
  return {
    get isAlive() {
      return isAlive;
    },
    clock: {
      now: () => queue.nowMs + skewMs(),
      after: (ms, task) =>
        queue.after(ms, () => {
          if (isAlive) runUnlessKilled(task);
        }),
    },
    end() {
      isAlive = false;
    },
  };
}

function runUnlessKilled(task: () => void): void {
  try {
    task();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

/** A promise that stays open: what a killed process was waiting for. */
export function pending<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
