/** Contents are gathered into buffers that grow to this size: few transfers, and one kept content does not hold back megabytes. */
const slabBytes = 256 * 1024;

/** From this size on a content may be a transfer of its own. */
const alone = 64 * 1024;

/** Gathers contents into a few buffers that can be handed to another thread without a copy. */
export interface Slabs {
  /** Copies bytes into a slab and gives the view to send in their place. */
  add(bytes: Uint8Array): Uint8Array;
  /** The same, but bytes that fill memory of their own are given away with it, uncopied: whoever had them must not look again. */
  give(bytes: Uint8Array): Uint8Array;
  /** What to transfer along with the message. */
  readonly buffers: ArrayBuffer[];
}

/**
 * See `Slabs`. Contents are copied once: they may be parts of a pooled buffer, which must not be transferred, and a plain
 * message would carry the whole pool for each of them.
 */
export function createSlabs(): Slabs {
  const buffers: ArrayBuffer[] = [];
  let current = new ArrayBuffer(0);
  let used = 0;

  function add(bytes: Uint8Array): Uint8Array {
    if (used + bytes.length > current.byteLength || buffers.length === 0) {
      current = new ArrayBuffer(Math.max(bytes.length, Math.min(2 * current.byteLength, slabBytes)));
      buffers.push(current);
      used = 0;
    }
    const view = new Uint8Array(current, used, bytes.length);
    view.set(bytes);
    used += bytes.length;
    return view;
  }

  function give(bytes: Uint8Array): Uint8Array {
    const { buffer, byteLength } = bytes;
    if (byteLength < alone || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer))
      return add(bytes);
    buffers.push(buffer);
    return bytes;
  }

  return { add, give, buffers };
}

/** True for bytes in memory that both threads see: nothing has to be handed over. */
export function isShared(bytes: Uint8Array): boolean {
  return bytes.buffer instanceof SharedArrayBuffer;
}
