// Usage: raw-copy-process.js ROOT receive PORT | raw-copy-process.js ROOT send PORT…
// A frame is: kind and lengths (13 bytes: 'F' or 'D', path bytes u32, content bytes f64), path, content.
import { closeSync, createReadStream, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { filesBelow } from '../measure/tree-digest.js';

const [root = '', role = '', ...ports] = process.argv.slice(2);
const headerBytes = 13;

// The benchmark is gone: so is this process.
process.on('disconnect', () => process.exit());

if (role === 'receive') createServer(receive).listen(Number(ports[0]), '127.0.0.1');
else {
  let queue = Promise.resolve();
  const sockets = ports.map((port) => connectPatiently(Number(port)));
  process.on('message', (paths: readonly string[] | 'everything') => {
    queue = queue.then(async () => {
      for (const path of paths === 'everything' ? filesBelow(root) : paths)
        for (const socket of sockets) await send(await socket, path);
    });
  });
}

async function connectPatiently(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket.setNoDelay(true);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

async function send(socket: Socket, path: string): Promise<void> {
  const file = join(root, path);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  const name = Buffer.from(path);
  const header = Buffer.alloc(headerBytes);
  header.write(size === undefined ? 'D' : 'F', 0, 'latin1');
  header.writeUInt32BE(name.length, 1);
  header.writeDoubleBE(size ?? 0, 5);
  if (!socket.write(Buffer.concat([header, name]))) await once(socket, 'drain');
  if (size === undefined) return;
  for await (const bytes of createReadStream(file, { highWaterMark: 1024 * 1024 }))
    if (!socket.write(bytes as Buffer)) await once(socket, 'drain');
}

function receive(socket: Socket): void {
  let waiting = Buffer.alloc(0);
  let fd: number | null = null;
  let left = 0;
  socket.on('data', (bytes) => {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    for (;;) {
      if (fd !== null) {
        const part = waiting.subarray(0, left);
        writeSync(fd, part);
        waiting = waiting.subarray(part.length);
        left -= part.length;
        if (left > 0) return;
        closeSync(fd);
        fd = null;
      }
      if (waiting.length < headerBytes) return;
      const nameEnd = headerBytes + waiting.readUInt32BE(1);
      if (waiting.length < nameEnd) return;
      const file = join(root, waiting.toString('utf8', headerBytes, nameEnd));
      const isDeletion = waiting.toString('latin1', 0, 1) === 'D';
      left = waiting.readDoubleBE(5);
      waiting = waiting.subarray(nameEnd);
      if (isDeletion) rmSync(file, { force: true, recursive: true });
      else {
        mkdirSync(dirname(file), { recursive: true });
        fd = openSync(file, 'w');
      }
    }
  });
}
