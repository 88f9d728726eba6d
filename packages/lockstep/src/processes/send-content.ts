import { once } from 'node:events';
import type { Socket } from 'node:net';
import { isSyncError, SyncError, type HostAnswer } from '@lockstep/core';
import type { PeerContent } from '@lockstep/sender';

/** Answers one reading of a peer’s file: a line, then its bytes, as fast as the other process takes them; then the end. */
export async function sendContent(socket: Socket, open: () => Promise<PeerContent | null>): Promise<void> {
  let content: PeerContent | null = null;
  try {
    content = await open();
    say(socket, { kind: 'content', size: content?.size ?? null });
    for await (const part of content?.bytes ?? []) {
      if (socket.destroyed) break;
      if (!socket.write(part)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    }
    if (socket.destroyed) content?.cancel();
    socket.end();
  } catch (error) {
    if (content !== null) {
      // The reader knows the size, and takes an early end for what it is.
      content.cancel();
      socket.destroy();
      return;
    }
    const { code, message, details } = (
      isSyncError(error) ? error : new SyncError('INTERNAL', 'Could not ask the peers for a file.')
    ).toJSON();
    say(socket, { kind: 'failed', id: 0, error: { code, message, details } });
    socket.end();
  }
}

function say(socket: Socket, message: HostAnswer): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
}
