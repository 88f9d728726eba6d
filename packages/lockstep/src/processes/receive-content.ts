import type { Socket } from 'node:net';
import {
  hostFailure,
  hostProtocol,
  isSyncError,
  maxHostAnswerBytes,
  parseHostAnswer,
  SyncError,
  type FileKey,
} from '@lockstep/core';
import type { PeerContent } from '@lockstep/sender';
import { readLines } from './read-lines.js';

/** The connection ended before the answer. */
export class ConnectionLost extends Error {}

/**
 * Reads one file of a peer through the process that sends. Null when no peer has it. Rejects with the failure that it answered, or with
 * `ConnectionLost`. `silenceMs` is how long it may take to find out.
 */
export async function receiveContent(
  socket: Socket,
  { folder, path }: FileKey,
  silenceMs: number,
): Promise<PeerContent | null> {
  socket.setTimeout(silenceMs, () => socket.destroy());
  socket.write(`${JSON.stringify({ kind: 'fetch', protocol: hostProtocol, folder, path })}\n`);
  const { line, rest } = await firstLine(socket);
  const answer = parseHostAnswer(line);
  if (answer.kind === 'content' && answer.size !== null) {
    const { size } = answer;
    return { size, bytes: bytesOf(socket, rest, size), cancel: () => socket.destroy() };
  }
  socket.destroy();
  if (answer.kind === 'failed') throw hostFailure(answer);
  if (answer.kind === 'content') return null;
  throw new SyncError('INTERNAL', 'The process that sends did not answer with a file.');
}

function firstLine(socket: Socket): Promise<{ line: Buffer; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    const lost = (): void => reject(new ConnectionLost('The process that sends has ended.'));
    socket.on('error', lost);
    socket.once('close', lost);
    const reader = readLines(socket, maxHostAnswerBytes, (line) => {
      socket.off('close', lost);
      resolve({ line, rest: reader.end() });
    });
  });
}

async function* bytesOf(socket: Socket, rest: Buffer, size: number): AsyncGenerator<Uint8Array> {
  let left = size - rest.length;
  if (rest.length > 0) yield rest;
  try {
    if (left > 0) {
      for await (const part of socket as AsyncIterable<Buffer>) {
        left -= part.length;
        yield part;
      }
    }
  } catch (error) {
    if (isSyncError(error)) throw error;
    left = Math.max(left, 1);
  }
  socket.destroy();
  if (left !== 0) {
    throw new SyncError(
      'CHANGED_MEANWHILE',
      'A file of a peer ended early while it was read: the file changed, or the process that sends has ended. Ask again.',
    );
  }
}
