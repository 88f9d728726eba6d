import { keyOf, type FileKey, type SyncPath } from '../model/path.js';
import { createDueQueue, type Due } from './due-queue.js';
import { createPathHeat, type PathHeat } from './path-heat.js';

/** Times in ms. */
export interface CoalescerOptions {
  /** Quiet time of a calm path. */
  readonly baseQuietMs: number;
  /** Quiet time of a path that keeps changing, and of a whole folder. */
  readonly maxQuietMs: number;
  /** No hinted path waits longer than this, however often it is hinted. */
  readonly maxDelayMs: number;
  /** Pending paths of one folder above which the whole folder becomes one hint. */
  readonly maxPending: number;
}

/** `nameOnly` when every hint of it was of its name only. */
export type HintedFile = FileKey & { readonly nameOnly?: true };

/** What rested: paths to observe, and folders to scan. */
export interface DueHints {
  readonly files: readonly HintedFile[];
  readonly folders: readonly string[];
}

/** Merges hints until their path is quiet. A state machine without timers: the caller asks again at `nextDueMs`. */
export interface Coalescer {
  /** Something may have changed at this path. `isNameOnly`: the name came or went, the file was not written to. */
  hint(file: FileKey, nowMs: number, isNameOnly?: boolean): void;
  /** A stable read failed: the path waits again, longer the longer it has been changing. */
  changing(file: FileKey, nowMs: number): void;
  /** Removes and gives what rested, or waited long enough, by `nowMs`. */
  due(nowMs: number): DueHints;
  /** When something will be due, null when nothing waits. */
  nextDueMs(): number | null;
  /** Waiting paths and folders. */
  readonly size: number;
}

/** A folder that keeps being hinted is scanned after this many `maxDelayMs` (2 s by default): a scan costs more than a path. */
const folderDelayFactor = 4;

interface Pending extends Due {
  readonly folder: string;
  /** Null: the whole folder. */
  readonly path: SyncPath | null;
  /** However often it is hinted, it is due by then. */
  readonly latestDueMs: number;
  dueMs: number;
  quietMs: number;
  isWaiting: boolean;
  nameOnly: boolean;
}

/** The defaults: a single save leaves after 15 ms, a chatty log twice a second, a flood becomes a scan. */
export const defaultCoalescerOptions: CoalescerOptions = Object.freeze({
  baseQuietMs: 15,
  maxQuietMs: 250,
  maxDelayMs: 500,
  maxPending: 5000,
});

/** A hint costs O(1) while its path waits, O(log n) when it begins to. See `createPathHeat` for the quiet times. */
export function createCoalescer(options: CoalescerOptions = defaultCoalescerOptions): Coalescer {
  return new HintCoalescer(options);
}

/** Waiting paths of a folder. The key null stands for the folder as a whole, and is then the only one. */
type FolderHints = Map<SyncPath | null, Pending>;

class HintCoalescer implements Coalescer {
  readonly #options: CoalescerOptions;
  readonly #heat: PathHeat;
  readonly #queue = createDueQueue<Pending>((pending) => pending.isWaiting);
  readonly #waiting = new Map<string, FolderHints>();
  #latestMs = 0;
  #clockWentBack = false;

  constructor(options: CoalescerOptions) {
    this.#options = options;
    this.#heat = createPathHeat(options.baseQuietMs, options.maxQuietMs);
  }

  get size(): number {
    let size = 0;
    for (const hints of this.#waiting.values()) size += hints.size;
    return size;
  }

  hint(file: FileKey, nowMs: number, isNameOnly = false): void {
    this.#watchClock(nowMs);
    const pending = this.#find(file);
    if (pending === undefined) {
      return this.#begin(file, this.#heat.begin(keyOf(file), nowMs), nowMs, isNameOnly);
    }
    if (!isNameOnly) pending.nameOnly = false;
    if (pending.path !== null) this.#heat.touch(keyOf(file), nowMs);
    this.#extend(pending, nowMs);
  }

  changing(file: FileKey, nowMs: number): void {
    this.#watchClock(nowMs);
    const key = keyOf(file);
    const pauseMs = this.#heat.pause(key, nowMs);
    if (this.#find(file) === undefined) this.#begin(file, this.#heat.quiet(key, nowMs), nowMs);
    // A further hint needs no more quiet than before: it may tell of the end of the change.
    const pending = this.#find(file);
    if (pending === undefined) return;
    pending.nameOnly = false;
    postpone(pending, nowMs + pauseMs);
  }

  due(nowMs: number): DueHints {
    this.#watchClock(nowMs);
    // After a step back the due times mean nothing: too early is harmless, a day too late is not.
    const untilMs = this.#clockWentBack ? Number.POSITIVE_INFINITY : nowMs;
    this.#clockWentBack = false;
    const files: FileKey[] = [];
    const folders: string[] = [];
    for (let next = this.#queue.peek(); next !== null && next.dueMs <= untilMs; next = this.#queue.peek()) {
      this.#queue.pop();
      next.isWaiting = false;
      this.#waiting.get(next.folder)?.delete(next.path);
      if (next.path === null) folders.push(next.folder);
      else files.push({ folder: next.folder, path: next.path, ...(next.nameOnly && { nameOnly: true }) });
    }
    return { files, folders };
  }

  nextDueMs(): number | null {
    const next = this.#queue.peek();
    if (next === null) return null;
    return this.#clockWentBack ? this.#latestMs : next.dueMs;
  }

  #watchClock(nowMs: number): void {
    if (nowMs < this.#latestMs) this.#clockWentBack = true;
    this.#latestMs = nowMs;
  }

  #find(file: FileKey): Pending | undefined {
    const hints = this.#waiting.get(file.folder);
    return hints?.get(null) ?? hints?.get(file.path);
  }

  #begin(file: FileKey, quietMs: number, nowMs: number, nameOnly = false): void {
    const hints: FolderHints = this.#waiting.get(file.folder) ?? new Map<SyncPath | null, Pending>();
    this.#waiting.set(file.folder, hints);
    this.#wait(hints, file, quietMs, nowMs, nameOnly);
    if (hints.size <= this.#options.maxPending) return;
    for (const pending of hints.values()) pending.isWaiting = false;
    hints.clear();
    this.#wait(hints, { folder: file.folder, path: null }, this.#options.maxQuietMs, nowMs, false);
  }

  #wait(
    hints: FolderHints,
    { folder, path }: { readonly folder: string; readonly path: SyncPath | null },
    quietMs: number,
    nowMs: number,
    nameOnly: boolean,
  ): void {
    const longestMs = this.#options.maxDelayMs * (path === null ? folderDelayFactor : 1);
    const dueMs = nowMs + quietMs;
    const pending: Pending = {
      folder,
      path,
      latestDueMs: nowMs + longestMs,
      dueMs,
      quietMs,
      isWaiting: true,
      nameOnly,
    };
    hints.set(path, pending);
    this.#queue.push(pending);
  }

  #extend(pending: Pending, nowMs: number): void {
    postpone(pending, nowMs + pending.quietMs);
  }
}

/** Never to an earlier time: the queue relies on it. */
function postpone(pending: Pending, dueMs: number): void {
  pending.dueMs = Math.max(pending.dueMs, Math.min(dueMs, pending.latestDueMs));
}
