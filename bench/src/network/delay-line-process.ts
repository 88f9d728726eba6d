import { connect, createServer, type Socket } from 'node:net';
import { createRandom } from '../plan/random.js';

const [ownPort = 0, targetPort = 0, delayMs = 0, lossPercent = 0, bytesPerSecond = 0] = process.argv
  .slice(2)
  .map(Number);

/** At most this many bytes are under way at once, each way of each connection. */
const maxHeld = 16 * 1024 * 1024;

/** What a packet of TCP carries on an Ethernet link. */
const packetBytes = 1448;

const random = createRandom(20_240_601);

/** When the link, which all connections share, has passed what was given to it, each way. */
const freeAtMs = { there: 0, back: 0 };

const server = createServer({ allowHalfOpen: true }, (client) => {
  const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
  target.once('connect', () => {
    carry(client, target, 'there');
    carry(target, client, 'back');
  });
  for (const [one, other] of [
    [client, target],
    [target, client],
  ] as const) {
    one.setNoDelay(true);
    one.on('error', () => other.destroy());
    one.on('close', () => setTimeout(() => other.destroy(), delayMs));
  }
});

/**
 * Bytes leave in order, `delayMs` after the link has passed them. Of a lost packet the sender hears after a round trip: it and everything
 * behind it on the same connection comes that much later. (That TCP also sends more slowly for a while is left out.)
 */
function carry(from: Socket, to: Socket, way: 'there' | 'back'): void {
  const waiting: { readonly dueMs: number; readonly bytes: Buffer | null }[] = [];
  let held = 0;
  let lastDueMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const deliver = (): void => {
    timer = undefined;
    const nowMs = performance.now();
    for (;;) {
      const next = waiting[0];
      if (next === undefined) return;
      if (next.dueMs > nowMs) break;
      waiting.shift();
      if (next.bytes === null) to.end();
      else {
        held -= next.bytes.length;
        if (!to.destroyed) to.write(next.bytes);
      }
    }
    if (held <= maxHeld) from.resume();
    timer = setTimeout(deliver, Math.max(1, (waiting[0]?.dueMs ?? 0) - nowMs));
  };
  const schedule = (dueMs: number, bytes: Buffer | null): void => {
    lastDueMs = Math.max(lastDueMs, dueMs);
    waiting.push({ dueMs: lastDueMs, bytes });
    timer ??= setTimeout(deliver, Math.max(1, lastDueMs - performance.now()));
  };

  from.on('data', (bytes) => {
    held += bytes.length;
    if (held > maxHeld) from.pause();
    schedule(passedAtMs(bytes.length, way) + delayMs + retransmissionMs(bytes.length), bytes);
  });
  from.on('end', () => schedule(performance.now() + delayMs, null));
}

function passedAtMs(bytes: number, way: 'there' | 'back'): number {
  const nowMs = performance.now();
  if (bytesPerSecond === 0) return nowMs;
  freeAtMs[way] = Math.max(nowMs, freeAtMs[way]) + (bytes * 1000) / bytesPerSecond;
  return freeAtMs[way];
}

function retransmissionMs(bytes: number): number {
  for (let packet = 0; packet < bytes / packetBytes; packet += 1)
    if (random() * 100 < lossPercent) return 2 * delayMs;
  return 0;
}

// The benchmark is gone: so is this process.
process.on('disconnect', () => process.exit());
server.listen(ownPort, '127.0.0.1', () => process.send?.('listening'));
