import { chmod, mkdtemp, rm, symlink, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The longest path that every system takes as an address (`sun_path`: 108 bytes on Linux, 104 on macOS, with the final zero). */
const mostAddressBytes = 103;

/**
 * Listens at `file` in a directory that only this user may enter; what a killed process left there is removed first. The caller
 * makes sure that it is the only one. Rejects where the file system has no sockets.
 */
export async function listenAt(file: string, onConnection: (socket: Socket) => void): Promise<Server> {
  await unlink(file).catch(() => undefined);
  const server = createServer(onConnection);
  await withAddress(file, (address) => opened(server, server.listen(address), 'listening'));
  await chmod(file, 0o600);
  server.unref();
  return server;
}

/** Connects to who listens at `file`. Rejects when nobody does. */
export async function connectTo(file: string): Promise<Socket> {
  return withAddress(file, async (address) => {
    const socket = connect(address);
    await opened(socket, socket, 'connect');
    return socket;
  });
}

/** A path too long for an address is reached by a short one, through a link in a directory of this process alone. */
async function withAddress<T>(file: string, use: (address: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(file) <= mostAddressBytes) return use(file);
  const place = await mkdtemp(join(shortTemporary(), 'ls-'));
  try {
    const link = join(place, 'd');
    await symlink(dirname(file), link);
    return await use(join(link, basename(file)));
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function shortTemporary(): string {
  return tmpdir().length <= 60 ? tmpdir() : '/tmp';
}

interface Opening {
  once(event: string, listener: (error: Error) => void): unknown;
  off(event: string, listener: (error: Error) => void): unknown;
}

function opened(subject: Opening, _begun: unknown, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      subject.off('error', reject);
      resolve();
    };
    subject.once('error', reject);
    subject.once(event, done);
  });
}
