/** Something that is due at a time which may move later, never earlier, while it waits. */
export interface Due {
  readonly dueMs: number;
}

interface Slot<T> {
  readonly item: T;
  /** The due time when it was queued: never after the true one. */
  readonly queuedMs: number;
}

/** Items by due time. */
export interface DueQueue<T extends Due> {
  push(item: T): void;
  /** The item that is due first, null when empty. */
  peek(): T | null;
  /** Removes and gives that item. */
  pop(): T | null;
}

/**
 * A binary heap that tolerates due times moving later: an item that comes up too early is put back. So moving one costs nothing,
 * which is what a stream of hints for one path does. `isWaiting` false: the item was withdrawn and is dropped when it comes up.
 */
export function createDueQueue<T extends Due>(isWaiting: (item: T) => boolean): DueQueue<T> {
  const heap: Slot<T>[] = [];

  const settleTop = (): Slot<T> | undefined => {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      const waits = isWaiting(top.item);
      if (waits && top.item.dueMs <= top.queuedMs) return top;
      removeTop(heap);
      if (waits) insert(heap, { item: top.item, queuedMs: top.item.dueMs });
    }
    return undefined;
  };

  return {
    push: (item) => insert(heap, { item, queuedMs: item.dueMs }),
    peek: () => settleTop()?.item ?? null,
    pop: () => {
      const top = settleTop();
      if (top === undefined) return null;
      removeTop(heap);
      return top.item;
    },
  };
}

function insert<T>(heap: Slot<T>[], slot: Slot<T>): void {
  let index = heap.length;
  heap.push(slot);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || parent.queuedMs <= slot.queuedMs) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = slot;
}

function removeTop<T>(heap: Slot<T>[]): void {
  const slot = heap.pop();
  if (slot === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    if (left === undefined) break;
    const right = heap[2 * index + 2];
    const isRight = right !== undefined && right.queuedMs < left.queuedMs;
    const child = isRight ? right : left;
    if (child.queuedMs >= slot.queuedMs) break;
    heap[index] = child;
    index = 2 * index + (isRight ? 2 : 1);
  }
  heap[index] = slot;
}
