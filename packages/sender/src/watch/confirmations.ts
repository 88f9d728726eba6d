import { keyOf, latestShortLookMs, secondLookDueMs, type Clock, type FileKey } from '@lockstep/core';

/** Missing files that wait for their second look. */
export interface Confirmations {
  add(files: readonly FileKey[]): void;
  /** Takes a file out: it was hinted anew. */
  withdraw(file: FileKey): void;
  /** Resolves when everything that waits now was handed to `confirm`. */
  taken(): Promise<void>;
  /** Files that wait. */
  readonly size: number;
  close(): void;
}

export interface ConfirmationOptions {
  readonly clock: Clock;
  /** How long the first missing file of a group waits at least, unless all of them went alone, in ms. */
  readonly waitMs: number;
  /** True when nothing else moved beside this file lately: see `MissingGroup.alone`. */
  readonly isAlone: (file: FileKey) => boolean;
  /** Gets each group: one folder, all that was missing together. */
  readonly confirm: (files: readonly FileKey[]) => void;
}

interface Group {
  readonly files: Map<string, FileKey>;
  readonly firstMs: number;
  lastMs: number;
  putOff: number;
  cancel: () => void;
  readonly taken: Promise<void>;
  readonly finish: () => void;
}

/**
 * Editors rename a file away and write it anew, so a missing file is looked at twice before its deletion is recorded, sooner when it
 * went alone. All that went missing together in a folder is confirmed together, since the safety rule must see an `rm -r` as the one
 * batch that it is.
 */
export function createConfirmations(options: ConfirmationOptions): Confirmations {
  return new GroupedConfirmations(options);
}

class GroupedConfirmations implements Confirmations {
  readonly #options: ConfirmationOptions;
  readonly #groups = new Map<string, Group>();

  constructor(options: ConfirmationOptions) {
    this.#options = options;
  }

  get size(): number {
    let size = 0;
    for (const group of this.#groups.values()) size += group.files.size;
    return size;
  }

  add(files: readonly FileKey[]): void {
    for (const file of files) {
      const group = this.#groupOf(file.folder);
      if (group.files.has(keyOf(file))) continue;
      group.files.set(keyOf(file), file);
      group.lastMs = this.#options.clock.now();
    }
    for (const folder of new Set(files.map((file) => file.folder))) this.#arm(folder);
  }

  withdraw(file: FileKey): void {
    this.#groups.get(file.folder)?.files.delete(keyOf(file));
  }

  async taken(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => group.taken));
  }

  close(): void {
    for (const group of this.#groups.values()) {
      group.cancel();
      group.finish();
    }
    this.#groups.clear();
  }

  #groupOf(folder: string): Group {
    const known = this.#groups.get(folder);
    if (known !== undefined) return known;
    const nowMs = this.#options.clock.now();
    let finish = (): void => undefined;
    const taken = new Promise<void>((resolve) => (finish = resolve));
    const times = { firstMs: nowMs, lastMs: nowMs, putOff: 0 };
    const group: Group = { files: new Map(), ...times, cancel: () => undefined, taken, finish };
    this.#groups.set(folder, group);
    return group;
  }

  #arm(folder: string): void {
    const group = this.#groups.get(folder);
    if (group === undefined) return;
    const { clock } = this.#options;
    const dueMs = this.#dueMs(group);
    group.cancel();
    group.cancel = clock.after(Math.max(0, dueMs - clock.now()), () => this.#look(folder, group, dueMs));
  }

  #dueMs(group: Group): number {
    const files = group.files.size;
    const [file] = group.files.values();
    const alone = files === 1 && file !== undefined && this.#options.isAlone(file);
    const { firstMs, lastMs, putOff } = group;
    return secondLookDueMs({ files, firstMs, lastMs, putOff, alone, waitMs: this.#options.waitMs });
  }

  /** Decides again, since more may have been hinted meanwhile, or not been heard yet by a thread that was busy. */
  #look(folder: string, group: Group, plannedMs: number): void {
    const nowMs = this.#options.clock.now();
    if (nowMs - plannedMs > latestShortLookMs) group.putOff += 1;
    if (this.#dueMs(group) > nowMs) return this.#arm(folder);
    this.#groups.delete(folder);
    if (group.files.size > 0) this.#options.confirm([...group.files.values()]);
    group.finish();
  }
}
