import {
  emptyDigest,
  headers as names,
  parsePath,
  protocolVersion,
  sha256,
  signRequest,
  toWire,
  verifyAnswer,
  type Digest,
  type LiveEntry,
  type Tombstone,
  type WireEntry,
} from '@lockstep/core';
import { systemRandom } from '@lockstep/core/node';
import { request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { secret } from './http/receiver-server.js';

/** A request as a peer would send it; every part of the proof can be bent. */
export interface PeerRequest {
  readonly method: string;
  readonly route: string;
  readonly body?: Buffer | string;
  /** What is signed as the digest of the manifest; default: of the body. */
  readonly digest?: Digest;
  readonly node?: string;
  readonly to?: string;
  readonly secrets?: readonly [string, ...string[]];
  readonly nowMs?: number;
  readonly nonce?: string;
  /** Added to, or with `undefined` taken from, the signed headers. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface PeerAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON. */
  readonly json: Readonly<Record<string, unknown>>;
  /** True when a holder of the secret gave this answer to this request. */
  readonly signed: boolean;
}

const boundary = 'lockstep-test-boundary';
export const multipartType = `multipart/form-data; boundary=${boundary}`;

/** Opens a signed request; the caller writes the body and owes `end`. */
export function openRequest(port: number, asked: PeerRequest): ClientRequest {
  const {
    method,
    route,
    body = '',
    node = 'web-1',
    to = 'web-2',
    secrets = [secret],
    nowMs = Date.now(),
  } = asked;
  const digest = asked.digest ?? (body.length === 0 ? emptyDigest : sha256(body));
  const random = { id: () => asked.nonce ?? systemRandom.id() };
  const signed = signRequest({ secrets, method, route, node, to, digest, nowMs, random });
  const headers = Object.fromEntries(
    Object.entries({ ...signed, ...asked.headers }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  return request({ host: '127.0.0.1', port, path: `/sync${route}`, method, headers, agent: false });
}

/** Sends a signed request and reads the whole answer. */
export async function ask(port: number, asked: PeerRequest): Promise<PeerAnswer> {
  const length = Buffer.byteLength(asked.body ?? '');
  const framed = length === 0 ? {} : { 'content-length': String(length) };
  const opened = openRequest(port, { ...asked, headers: { ...framed, ...asked.headers } });
  const nonce = String(opened.getHeader(names.nonce) ?? '');
  opened.end(asked.body ?? '');
  return readAnswer(opened, nonce);
}

/** Waits for the answer of an opened request. */
export function readAnswer(opened: ClientRequest, nonce = ''): Promise<PeerAnswer> {
  return new Promise((resolve, reject) => {
    opened.once('error', reject);
    opened.once('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('close', () =>
        response.complete ? undefined : reject(new Error('The answer broke off')),
      );
      response.once('end', () => resolve(answerOf(response, Buffer.concat(chunks), nonce)));
    });
  });
}

function answerOf(response: IncomingMessage, body: Buffer, nonce: string): PeerAnswer {
  const status = response.statusCode ?? 0;
  const signature = response.headers[names.answer];
  const isJson = response.headers['content-type']?.startsWith('application/json') === true;
  return {
    status,
    headers: response.headers,
    body,
    json: isJson ? (JSON.parse(body.toString()) as Record<string, unknown>) : {},
    signed: verifyAnswer({ secrets: [secret], status, nonce, body, signature }),
  };
}

let counter = 1_700_000_000;

/** An entry of this content as web-1 made it, newer than all before. */
export function liveOf(content: Buffer | string, fields: { folder?: string; path?: string } = {}): LiveEntry {
  counter += 1;
  const { folder = 'static', path = 'app.css' } = fields;
  return {
    ...{ state: 'live', folder, path: parsePath(path) },
    ...{ digest: sha256(content), size: Buffer.byteLength(content), mode: 0o644, mtimeMs: 1_600_000_000_000 },
    ...{ version: new Map([['web-1', counter]]), modifiedMs: counter * 1000, modifiedBy: 'web-1' },
  };
}

/** The deletion of a path as web-1 made it, newer than all before. */
export function tombstoneOf(fields: { folder?: string; path?: string } = {}): Tombstone {
  counter += 1;
  const { folder = 'static', path = 'app.css' } = fields;
  return {
    ...{ state: 'deleted', folder, path: parsePath(path), keptParents: 0, released: false },
    ...{ version: new Map([['web-1', counter]]), modifiedMs: counter * 1000, modifiedBy: 'web-1' },
  };
}

/** A manifest of these entries as JSON. */
export function manifestOf(
  entries: readonly (LiveEntry | Tombstone | object)[],
  changes: object = {},
): string {
  const wire = entries.map((entry): WireEntry | object =>
    'folder' in entry && 'version' in entry ? toWire(entry as LiveEntry) : entry,
  );
  return JSON.stringify({
    protocol: protocolVersion,
    node: 'web-1',
    indexId: 'c'.repeat(32),
    entries: wire,
    ...changes,
  });
}

/** One part of a multipart body; with `fileName` it counts as a file. */
export interface Part {
  readonly name: string;
  readonly content: Buffer | string;
  readonly fileName?: string;
}

export function multipart(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, content, fileName }) => {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    return [
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ];
  });
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

/** The upload of a manifest and the bytes after it, ready for `ask`; any part of it can be replaced. */
export function uploadOf(
  manifest: string,
  contents: Buffer | string | null,
  changes: Partial<PeerRequest> = {},
): PeerRequest {
  const parts: Part[] = [{ name: 'manifest', content: manifest }];
  if (contents !== null) parts.push({ name: 'contents', content: contents, fileName: 'contents' });
  const { headers, ...others } = changes;
  return {
    ...{ method: 'POST', route: '/upload', body: multipart(parts), digest: sha256(manifest) },
    ...others,
    headers: { 'content-type': multipartType, ...headers },
  };
}
