import { keyOf, type FileKey } from '../model/path.js';

/** One holder per path at a time, within this process. */
export interface PathLocks {
  /** Waits until every path is free, takes them all at once, and gives what releases them. */
  acquire(files: readonly FileKey[]): Promise<() => void>;
  /** Takes them at once, or gives null when one is taken: for a caller that holds others and must not wait. */
  tryAcquire(files: readonly FileKey[]): (() => void) | null;
}

/** Locks are taken all or none in the order asked, so that two batches can never wait for each other. */
export function createPathLocks(): PathLocks {
  const held = new Map<string, Promise<void>>();

  return {
    async acquire(files) {
      const keys = [...new Set(files.map(keyOf))];
      for (let busy = holderOf(keys); busy; busy = holderOf(keys)) await busy;
      return take(keys);
    },
    tryAcquire(files) {
      const keys = [...new Set(files.map(keyOf))];
      return holderOf(keys) ? null : take(keys);
    },
  };

  function take(keys: readonly string[]): () => void {
    let open: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (open = resolve));
    for (const key of keys) held.set(key, released);
    return () => {
      for (const key of keys) held.delete(key);
      open();
    };
  }

  function holderOf(keys: readonly string[]): Promise<void> | undefined {
    for (const key of keys) {
      const holder = held.get(key);
      if (holder) return holder;
    }
    return undefined;
  }
}
