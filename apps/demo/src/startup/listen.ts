import { once } from 'node:events';
import type { Server } from 'node:http';
import { SyncError } from '@lockstep/core';
import type { ListenAddress } from './listen-address.js';

/** Listens and gives the address with the port that was taken. Throws OPTION_INVALID when the address cannot be had. */
export async function listen(server: Server, wanted: ListenAddress): Promise<ListenAddress> {
  server.listen(wanted.port, wanted.host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new SyncError('OPTION_INVALID', explain(cause, wanted), { cause });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? { ...wanted, port: address.port } : wanted;
}

function explain(cause: unknown, { host, port }: ListenAddress): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  switch (code) {
    case 'EADDRINUSE':
      return `PORT=${port}: another program listens on ${host}:${port} already. Stop it, or set PORT to a free port (0 picks one).`;
    case 'EACCES':
      return `PORT=${port}: this user may not listen there. Set PORT to 1024 or above.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST="${host}": this machine has no such address. Set HOST to 127.0.0.1, or to 0.0.0.0 for all addresses.`;
    default:
      return `HOST="${host}" PORT=${port}: cannot listen there (${String(code)}). Set HOST and PORT to a free address.`;
  }
}
