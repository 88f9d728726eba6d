import { SyncError } from '../../model/error.js';

type Undo = () => void;

/** Transactions over plain memory: every change leaves behind how to undo it. */
export interface Journal {
  /** Records how to undo a change that is about to be made. Outside a transaction it throws. */
  changed(undo: Undo): void;
  transact<T>(write: () => T, options?: { readonly lazy: boolean }): T;
  readTogether<T>(read: () => T): T;
  /** How many finished transactions no later durable one has flushed. */
  readonly unflushed: number;
  /** Undoes the transaction that is open, if any: what a crash of the process does. */
  abandon(): void;
  /** From now on everything throws CLOSED. */
  close(): void;
  /** Throws CLOSED after `close`. */
  assertOpen(): void;
  /** Undoes the last finished transactions too: what a power cut does to writes that were not synced. */
  lose(transactions: number): void;
}

/** A journal that remembers its last `maxFinished` transactions. */
export function createJournal(maxFinished = 200): Journal {
  let open: Undo[] | undefined;
  let isClosed = false;
  const finished: Undo[][] = [];
  let unflushed = 0;

  const undo = (steps: Undo[], downTo: number): void => {
    while (steps.length > downTo) steps.pop()?.();
  };

  const assertOpen = (): void => {
    if (isClosed) throw new SyncError('CLOSED', 'Could not use the index: it is closed; open it again.');
  };

  const outermost = <T>(write: () => T, lazy: boolean): T => {
    assertOpen();
    const steps: Undo[] = [];
    open = steps;
    try {
      const result = refusePromise(write());
      assertOpen();
      if (steps.length > 0) finished.push(steps);
      if (!lazy) unflushed = 0;
      else if (steps.length > 0) unflushed = Math.min(unflushed + 1, maxFinished);
      if (finished.length > maxFinished) finished.shift();
      return result;
    } catch (error) {
      undo(steps, 0);
      throw error;
    } finally {
      open = undefined;
    }
  };

  const nested = <T>(write: () => T, steps: Undo[]): T => {
    const start = steps.length;
    try {
      return refusePromise(write());
    } catch (error) {
      undo(steps, start);
      throw error;
    }
  };

  return {
    changed: (step) => {
      if (open === undefined)
        throw new SyncError('INTERNAL', 'Could not change the index outside a transaction.');
      open.push(step);
    },
    transact: (write, { lazy } = { lazy: false }) =>
      open === undefined ? outermost(write, lazy) : nested(write, open),
    readTogether: (read) => {
      assertOpen();
      return refusePromise(read());
    },
    get unflushed() {
      return unflushed;
    },
    close: () => {
      isClosed = true;
    },
    assertOpen,
    abandon: () => undo(open ?? [], 0),
    lose: (transactions) => {
      for (let lost = 0; lost < transactions; lost += 1) undo(finished.pop() ?? [], 0);
      unflushed = Math.max(0, unflushed - transactions);
    },
  };
}

function refusePromise<T>(result: T): T {
  if (!(result instanceof Promise)) return result;
  throw new SyncError(
    'INTERNAL',
    'Could not run a transaction of the index: its function must not be async.',
  );
}
