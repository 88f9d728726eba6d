import {
  emptyDigest,
  headers as names,
  parseSecrets,
  protocolVersion,
  sha256,
  signRequest,
  type Digest,
} from '@lockstep/core';
import { systemRandom } from '@lockstep/core/node';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { monitorPassword, secret, uploadToken } from './victim.js';

/** One request, ready to be sent: nothing of it is checked on the way out. */
export interface Attack {
  readonly method: string;
  /** The whole path of the URL with its query string, as it goes over the wire. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const boundary = 'hostile-boundary-0123456789abcdef';
export const multipartType = `multipart/form-data; boundary=${boundary}`;

/** Signs a request as the peer `mallory`, who knows the secret: the strongest attacker on the wire. */
export function signed(
  method: string,
  route: string,
  body: Buffer | string = '',
  more: { readonly digest?: Digest; readonly headers?: Readonly<Record<string, string>> } = {},
): Attack {
  const digest = more.digest ?? (body.length === 0 ? emptyDigest : sha256(body));
  const headers = signRequest({
    ...{ secrets: parseSecrets(secret), method, route, node: 'mallory', to: 'victim', digest },
    ...{ nowMs: Date.now(), random: systemRandom },
  });
  return { method, url: `/sync${route}`, headers: { ...headers, ...more.headers }, body };
}

/** The same request without a proof of who sends it. */
export function unsigned(attack: Attack): Attack {
  const headers = Object.fromEntries(
    Object.entries(attack.headers).filter(([name]) => name !== names.signature),
  );
  return { ...attack, headers };
}

export function withToken(
  attack: Omit<Attack, 'headers'> & { readonly headers?: Attack['headers'] },
): Attack {
  return { ...attack, headers: { ...attack.headers, authorization: `Bearer ${uploadToken}` } };
}

export function withPassword(method: string, url: string): Attack {
  const credentials = Buffer.from(`admin:${monitorPassword}`).toString('base64');
  return { method, url, headers: { authorization: `Basic ${credentials}` }, body: '' };
}

export function manifestOf(entries: readonly unknown[], changes: object = {}): string {
  const envelope = {
    protocol: protocolVersion,
    node: 'mallory',
    indexId: 'f'.repeat(32),
    entries,
    ...changes,
  };
  return JSON.stringify(envelope);
}

let counter = 1_700_000_000;

/** An entry with whatever is given as folder and path. */
export function entryOf(folder: unknown, path: unknown, content: string | null): Record<string, unknown> {
  counter += 1;
  const shared = {
    ...{ base_folder: folder, path, version: [['mallory', counter]] },
    ...{ modifiedMs: counter * 1000, modifiedBy: 'mallory' },
  };
  if (content === null) return { ...shared, state: 'deleted', keptParents: 0, released: true };
  const bytes = Buffer.byteLength(content);
  return {
    ...shared,
    state: 'live',
    digest: sha256(content),
    size: bytes,
    mode: 0o777,
    mtimeMs: 1_600_000_000_000,
  };
}

export function multipart(parts: readonly { name: string; content: string; fileName?: string }[]): Buffer {
  const pieces = parts.map(({ name, content, fileName }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
  });
  return Buffer.from(`${pieces.join('')}--${boundary}--\r\n`);
}

/** Sends requests over a few kept connections. */
export interface Client {
  send(attack: Attack): Promise<Reply>;
  /** The same; null for a file that changed while it was sent: the server breaks off then, as docs/protocol.md says. */
  sendOrBreakOff(attack: Attack): Promise<Reply | null>;
  close(): void;
}

/** Opens no connection before the first request. The caller owes `close`. */
export function createClient(port: number, sockets = 4): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  return {
    send: (attack) => sendOver(agent, port, attack, 1),
    sendOrBreakOff: async (attack) => {
      try {
        return await sendOver(agent, port, attack, 1);
      } catch (error) {
        if (attack.url.startsWith('/sync/content?') && attack.method !== 'POST') return null;
        throw error;
      }
    },
    close: () => agent.destroy(),
  };
}

function sendOver(agent: Agent, port: number, attack: Attack, retries: number): Promise<Reply> {
  const { method, url, headers, body } = attack;
  const length = Buffer.byteLength(body);
  const framed = length > 0 ? { 'content-length': String(length), ...headers } : headers;
  return new Promise((resolve, reject) => {
    const opened = request({ host: '127.0.0.1', port, method, path: url, headers: framed, agent });
    opened.once('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that the server closed, after five idle seconds, in the very moment it was used again.
      const isStale = opened.reusedSocket && error.code === 'ECONNRESET' && retries > 0;
      if (isStale) resolve(sendOver(agent, port, attack, retries - 1));
      else reject(error);
    });
    opened.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, body: Buffer.concat(chunks) });
      });
    });
    opened.end(body);
  });
}
