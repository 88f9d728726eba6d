import type { Socket } from 'node:net';

const newline = 10;
const nothing = Buffer.alloc(0);

/** A socket that is read line by line. */
export interface LineReader {
  /** Reads no more; gives what came after the last line, for whoever reads the socket from now on. */
  end(): Buffer;
}

/**
 * Calls `onLine` for every line of a socket. One longer than `maxBytes` destroys the socket: memory stays bounded, and whoever
 * sends it is none of ours.
 */
export function readLines(socket: Socket, maxBytes: number, onLine: (line: Buffer) => void): LineReader {
  let parts: Buffer[] = [];
  let bytes = 0;
  let rest: Buffer = nothing;
  let ended = false;

  const refuse = (): void => {
    socket.destroy(new Error(`Refused a message of more than ${maxBytes} bytes.`));
  };
  const take = (chunk: Buffer): void => {
    rest = chunk;
    for (let at = rest.indexOf(newline); at >= 0; at = rest.indexOf(newline)) {
      const line = Buffer.concat([...parts, rest.subarray(0, at)]);
      [parts, bytes, rest] = [[], 0, rest.subarray(at + 1)];
      if (line.length > maxBytes) return refuse();
      onLine(line);
      if (ended || socket.destroyed) return;
    }
    parts.push(rest);
    bytes += rest.length;
    rest = nothing;
    if (bytes > maxBytes) refuse();
  };
  socket.on('data', take);

  return {
    end() {
      ended = true;
      socket.pause();
      socket.off('data', take);
      return Buffer.concat([...parts, rest]);
    },
  };
}
