/**
 * Which rows a peer has acknowledged. Answers come out of order, so what lies between the cursor and an answered row is kept in
 * memory; a crash forgets it and sends a few rows twice, which the peer answers with "known".
 */
export interface Acknowledgements<Row> {
  /** Everything up to here is acknowledged or deferred. */
  readonly cursor: number;
  /** Up to here rows were read from the index. */
  readonly position: number;
  /** Rows read and not acknowledged. */
  readonly open: number;
  /** A row was read. Sequences ascend; those that are passed over vanished from the index. */
  read(sequence: number, row: Row): void;
  /** A row was read that needs nothing. */
  pass(sequence: number): void;
  /** Nothing is left to do for this row. */
  acknowledge(sequence: number): void;
  isOpen(sequence: number): boolean;
  /** Open rows, the oldest first. */
  rows(): IterableIterator<Row>;
}

/** @param cursor where the peer is */
export function createAcknowledgements<Row>(cursor: number): Acknowledgements<Row> {
  /** Ascending, since a Map keeps the order of insertion. */
  const open = new Map<number, Row>();
  let position = cursor;

  return {
    get cursor() {
      for (const sequence of open.keys()) return sequence - 1;
      return position;
    },
    get position() {
      return position;
    },
    get open() {
      return open.size;
    },
    read(sequence, row) {
      position = sequence;
      open.set(sequence, row);
    },
    pass(sequence) {
      position = sequence;
    },
    acknowledge: (sequence) => void open.delete(sequence),
    isOpen: (sequence) => open.has(sequence),
    rows: () => open.values(),
  };
}
