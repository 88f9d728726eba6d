import { connect, createServer, type Socket } from 'node:net';

const [ownPort = 0, targetPort = 0, delayMs = 0] = process.argv.slice(2).map(Number);

/** Bytes leave `delayMs` after they came, in order; at most `maxHeld` bytes are under way at once. */
const maxHeld = 16 * 1024 * 1024;

const server = createServer({ allowHalfOpen: true }, (client) => {
  const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
  target.once('connect', () => {
    delay(client, target);
    delay(target, client);
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

function delay(from: Socket, to: Socket): void {
  let held = 0;
  from.on('data', (bytes) => {
    held += bytes.length;
    if (held > maxHeld) from.pause();
    setTimeout(() => {
      held -= bytes.length;
      if (held <= maxHeld) from.resume();
      if (!to.destroyed) to.write(bytes);
    }, delayMs);
  });
  from.on('end', () => setTimeout(() => to.end(), delayMs));
}

// The benchmark is gone: so is this process.
process.on('disconnect', () => process.exit());
server.listen(ownPort, '127.0.0.1', () => process.send?.('listening'));
