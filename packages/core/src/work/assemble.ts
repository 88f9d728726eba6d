import type { Stretch } from './locate-chunks.js';

/** Copied at once from a file that is here. */
const partBytes = 1 << 20;

/** Puts a content together in its order: what is here is copied, what came is put between. */
export interface Assembly {
  /** The next bytes that came. */
  take(bytes: Uint8Array): Promise<void>;
  /** Copies what follows the last bytes that came. */
  finish(): Promise<void>;
}

/** See `Assembly`. `write` appends to the content. */
export function createAssembly(
  stretches: readonly Stretch[],
  write: (bytes: Uint8Array) => Promise<void>,
  breathe: (costMicros: number) => Promise<void>,
): Assembly {
  const rest = joined(stretches);
  /** Bytes of the first of `rest` that are still to come. */
  let missing = 0;

  async function copyHere(): Promise<void> {
    for (let next = rest[0]; next !== undefined && missing === 0; next = rest[0]) {
      if (next.reader === null) {
        missing = next.length;
        return;
      }
      rest.shift();
      for (let done = 0; done < next.length;) {
        const bytes = await next.reader.read(next.position + done, Math.min(partBytes, next.length - done));
        // The file was cut short meanwhile: the digest of the whole will say so.
        if (bytes.length === 0) return;
        await write(bytes);
        done += bytes.length;
        await breathe(bytes.length / 500);
      }
    }
  }

  async function take(bytes: Uint8Array): Promise<void> {
    for (let left = bytes; left.length > 0;) {
      await copyHere();
      // More than was announced; the digest of the whole will say so.
      const now = missing === 0 ? left : left.subarray(0, missing);
      await write(now);
      left = left.subarray(now.length);
      if (missing === 0) continue;
      missing -= now.length;
      if (missing === 0) rest.shift();
    }
  }

  return { take, finish: copyHere };
}

/** Neighbours in one file become one stretch. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const whole: Stretch[] = [];
  for (const next of stretches) {
    const last = whole.at(-1);
    const follows =
      last !== undefined &&
      last.reader === next.reader &&
      (next.reader === null || last.position + last.length === next.position);
    if (follows) whole[whole.length - 1] = { ...last, length: last.length + next.length };
    else whole.push(next);
  }
  return whole;
}
