import {
  isSyncError,
  type ActivityRow,
  type Clock,
  type IndexStore,
  type Log,
  type PeerRow,
} from '@lockstep/core';

/** Cursors and history are written this long after they changed, in ms, so that a flood of answers costs few transactions. */
const restMs = 250;
const retryMs = 2_000;

/** History rows of one write; of more, only the newest are kept, and a note tells how many there were. */
const maxRows = 200;

export type NewActivity = Omit<ActivityRow, 'id'>;

/**
 * Writes what may be lost in a crash: a cursor that is behind makes a few rows travel twice. What may not (a deferral that the
 * cursor passes over) goes through `commit`.
 */
export interface Ledger {
  /** The row as it is when it gets written. */
  cursor(name: string, row: () => PeerRow): void;
  activity(rows: readonly NewActivity[]): void;
  /** Runs `write` in one durable transaction, together with all that waits. */
  commit(write: () => void): void;
  /** Drops the cursors that wait: they are of an index that is no more. */
  renew(): void;
  /** Writes what waits. */
  close(): void;
}

export function createLedger(index: IndexStore, clock: Clock, log: Log): Ledger {
  return new WaitingLedger(index, clock, log);
}

class WaitingLedger implements Ledger {
  readonly #index: IndexStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #cursors = new Map<string, () => PeerRow>();
  #history: NewActivity[] = [];
  #dropped = 0;
  #cancel: (() => void) | null = null;

  constructor(index: IndexStore, clock: Clock, log: Log) {
    this.#index = index;
    this.#clock = clock;
    this.#log = log;
  }

  cursor(name: string, row: () => PeerRow): void {
    this.#cursors.set(name, row);
    this.#arm();
  }

  activity(rows: readonly NewActivity[]): void {
    this.#history.push(...rows);
    const surplus = this.#history.length - maxRows;
    if (surplus > 0) {
      this.#dropped += surplus;
      this.#history = this.#history.slice(surplus);
    }
    this.#arm();
  }

  commit(write: () => void): void {
    this.#write(write, { lazy: false });
  }

  renew(): void {
    this.#cursors.clear();
  }

  close(): void {
    if (this.#cancel === null) return;
    this.#cancel();
    this.#flush();
    this.#cancel?.();
  }

  #arm(): void {
    this.#cancel ??= this.#clock.after(restMs, () => this.#flush());
  }

  #flush(): void {
    this.#cancel = null;
    try {
      this.#write(() => undefined, { lazy: true });
    } catch (error) {
      this.#log.error('Could not write the progress of the deliveries; it is tried again.', {
        reason: error instanceof Error ? error.message : String(error),
        ...(isSyncError(error) && { code: error.code }),
      });
      this.#cancel = this.#clock.after(retryMs, () => this.#flush());
    }
  }

  #write(write: () => void, transaction: { readonly lazy: boolean }): void {
    this.#index.transact(() => {
      write();
      this.#writeAll();
    }, transaction);
    this.#forget();
  }

  #writeAll(): void {
    for (const row of this.#cursors.values()) this.#index.peers.save(row());
    const note = this.#dropped > 0 ? [noteOf(this.#dropped, this.#clock.now())] : [];
    const rows = [...this.#history, ...note];
    if (rows.length > 0) this.#index.activity.add(rows);
  }

  #forget(): void {
    this.#cursors.clear();
    this.#history = [];
    this.#dropped = 0;
    this.#cancel?.();
    this.#cancel = null;
  }
}

function noteOf(count: number, atMs: number): NewActivity {
  const message = `${count} more changes in the same moment`;
  const nothing = { folder: null, path: null, peer: null, bytes: 0, ms: null, code: null };
  return { ...nothing, atMs, kind: 'note', message };
}
