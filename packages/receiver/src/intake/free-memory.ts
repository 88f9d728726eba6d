import { MessageChannel } from 'node:worker_threads';

/** Less than this is left to the garbage collector, in bytes. It is more than what Node cuts out of memory that others use too. */
const leastBytes = 32 * 1024;

/** Its other end is closed: what is sent there is taken from here and freed. */
let nowhere: MessagePort | null = null;
type MessagePort = MessageChannel['port1'];

/**
 * Frees the memory of a chunk that a stream gave and that nobody reads any more, when it is memory of its own; else does nothing. It is
 * empty afterwards. Left to the garbage collector, every 30 MiB of chunks cost a search through the whole heap of the host.
 */
export function freeMemory({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < leastBytes || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  nowhere ??= openNowhere();
  nowhere.postMessage(null, [buffer]);
}

function openNowhere(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return port1;
}
