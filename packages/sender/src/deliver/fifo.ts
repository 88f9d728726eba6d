/** A queue whose both ends cost O(1). */
export interface Fifo<T> {
  push(item: T): void;
  shift(): T | undefined;
  peek(): T | undefined;
  /** Puts items back to the front, in their order. */
  putBack(items: readonly T[]): void;
  clear(): void;
  readonly length: number;
}

/** Items that were shifted are let go in blocks of this many. */
const compactAt = 1_024;

export function createFifo<T>(): Fifo<T> {
  let items: T[] = [];
  let head = 0;

  return {
    push: (item) => void items.push(item),
    shift() {
      if (head >= items.length) return undefined;
      const item = items[head];
      head += 1;
      if (head >= compactAt || head === items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    peek: () => items[head],
    putBack(front) {
      if (front.length === 0) return;
      items = [...front, ...items.slice(head)];
      head = 0;
    },
    clear() {
      items = [];
      head = 0;
    },
    get length() {
      return items.length - head;
    },
  };
}
