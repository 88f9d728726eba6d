import { SyncError } from '@lockstep/core';

/** Where the server listens. */
export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

const defaultPort = 3000;
const highestPort = 65_535;

/** HOST and PORT, checked. Throws OPTION_INVALID, naming the variable and quoting its value. */
export function readListenAddress(env: NodeJS.ProcessEnv): ListenAddress {
  const host = env['HOST']?.trim() ?? '';
  const text = env['PORT']?.trim() ?? '';
  if (text !== '' && !(/^\d{1,5}$/.test(text) && Number(text) <= highestPort)) {
    throw new SyncError(
      'OPTION_INVALID',
      `PORT=${JSON.stringify(text)}: is not a port. Give a number from 0 to ${highestPort}; 0 picks a free one.`,
    );
  }
  return { host: host === '' ? '127.0.0.1' : host, port: text === '' ? defaultPort : Number(text) };
}

/** The address for a browser. */
export function urlOf({ host, port }: ListenAddress): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
