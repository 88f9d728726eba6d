import {
  headers as names,
  isSyncError,
  keyOf,
  parseManifest,
  parseSecrets,
  protocolVersion,
  sha256,
  signAnswer,
  toWire,
  verifyRequest,
  type Entry,
  type WireVerdict,
} from '@lockstep/core';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  /** With its query string. */
  readonly route: string;
  readonly nonce: string;
  readonly headers: IncomingMessage['headers'];
  readonly entries: readonly Entry[];
  /** The contents part of an upload. */
  readonly contents: Buffer;
}

/** What the server does instead of answering as it should. */
export type Misbehaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** A peer in memory behind real HTTP: verifies what it gets, keeps it, and misbehaves on demand. */
export interface PeerServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Contents by `folder NUL path`; a deleted file is null. */
  readonly files: ReadonlyMap<string, Buffer | null>;
  indexId: string;
  /** The verdict on an entry instead of the usual one. */
  verdict: (entry: Entry, sent: boolean) => WireVerdict | undefined;
  /** The next requests to this route go wrong, one each. */
  misbehave(route: string, ...next: Misbehaviour[]): void;
  close(): Promise<void>;
}

export interface PeerServerOptions {
  readonly name: string;
  readonly secret: string;
  /** Default: any free port. */
  readonly port?: number;
  readonly indexId?: string;
}

export async function startPeerServer(options: PeerServerOptions): Promise<PeerServer> {
  const peer = new MemoryPeer(options);
  await peer.listen(options.port ?? 0);
  return peer;
}

const mountPath = '/sync';

class MemoryPeer implements PeerServer {
  readonly requests: SeenRequest[] = [];
  readonly files = new Map<string, Buffer | null>();
  readonly #entries = new Map<string, Entry>();
  readonly #misbehaviour = new Map<string, Misbehaviour[]>();
  readonly #options: PeerServerOptions;
  readonly #server: Server;
  indexId: string;
  verdict: PeerServer['verdict'] = () => undefined;

  constructor(options: PeerServerOptions) {
    this.#options = options;
    this.indexId = options.indexId ?? `index-of-${options.name}`;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${mountPath}`;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  misbehave(route: string, ...next: Misbehaviour[]): void {
    this.#misbehaviour.set(route, [...(this.#misbehaviour.get(route) ?? []), ...next]);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = (request.url ?? '').slice(mountPath.length);
    const plain = route.split('?')[0] ?? '';
    const misbehaviour = this.#misbehaviour.get(plain)?.shift();
    if (misbehaviour !== undefined) return misbehaviour(response, request);
    try {
      const body = await read(request);
      this.#serve(request, response, route, body);
    } catch (error) {
      if (!isSyncError(error)) return void response.destroy();
      response.writeHead(error.status, { 'content-type': 'application/json' }).end(JSON.stringify(error));
    }
  }

  #serve(request: IncomingMessage, response: ServerResponse, route: string, body: Buffer): void {
    const secrets = parseSecrets(this.#options.secret);
    const method = request.method ?? '';
    const self = this.#options.name;
    const verified = verifyRequest({
      secrets,
      method,
      route,
      headers: request.headers,
      self,
      nowMs: Date.now(),
    });
    const { manifest, contents } = split(request, body);
    if (sha256(manifest) !== verified.digest) return void response.writeHead(401).end();
    const entries = manifest.length === 0 ? [] : entriesOf(manifest);
    const { nonce, secret } = verified;
    this.requests.push({ method, route, nonce, headers: request.headers, entries, contents });
    if (route.startsWith('/content')) return this.#serveContent(route, response);
    const answer = JSON.stringify(this.#respond(route, entries, contents));
    response
      .writeHead(200, {
        'content-type': 'application/json',
        [names.answer]: signAnswer({ status: 200, nonce, body: answer, secret }),
      })
      .end(answer);
  }

  #respond(route: string, entries: readonly Entry[], contents: Buffer): unknown {
    const shared = { protocol: protocolVersion, node: this.#options.name, indexId: this.indexId };
    if (route === '/hello') {
      const nothing = { release: '0.0.0', lastSequence: 0, liveDigest: '0'.repeat(32), maxFileBytes: 1e8 };
      return { ...shared, ...nothing, folders: ['instance', 'templates', 'static'], nowMs: Date.now() };
    }
    if (route.startsWith('/index')) {
      return { indexId: this.indexId, entries: [...this.#entries.values()].map(toWire), next: null };
    }
    let position = 0;
    const results = entries.map((entry): WireVerdict => {
      const sent = route === '/upload';
      const size = sent && entry.state === 'live' ? entry.size : 0;
      const bytes = contents.subarray(position, position + size);
      position += size;
      return this.verdict(entry, sent) ?? this.#take(entry, sent ? bytes : null);
    });
    return { ...shared, results };
  }

  #take(entry: Entry, bytes: Buffer | null): WireVerdict {
    const key = keyOf(entry);
    if (entry.state === 'deleted') {
      this.files.set(key, null);
      this.#entries.set(key, entry);
      return { status: 'settled', applied: 'deleted' };
    }
    const known = [...this.files.values()].find((each) => each !== null && sha256(each) === entry.digest);
    const content = bytes ?? known;
    if (!content) return { status: 'want' };
    if (sha256(content) !== entry.digest)
      return { status: 'refused', code: 'CHECKSUM_MISMATCH', message: 'torn' };
    this.files.set(key, Buffer.from(content));
    this.#entries.set(key, entry);
    return { status: 'settled', applied: bytes === null ? 'copied' : 'written' };
  }

  #serveContent(route: string, response: ServerResponse): void {
    const query = new URLSearchParams(route.slice(route.indexOf('?') + 1));
    const content = this.files.get(`${query.get('base_folder') ?? ''}\0${query.get('path') ?? ''}`);
    if (content) return void response.writeHead(200, { 'content-length': content.length }).end(content);
    const missing = { code: 'NOT_FOUND', message: 'There is no such file.', details: {} };
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(missing));
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function entriesOf(manifest: Buffer): readonly Entry[] {
  return parseManifest(manifest).entries.map((item) => {
    if ('entry' in item) return item.entry;
    throw item.error;
  });
}

/** Takes the two parts of an upload apart; any other body is a manifest. */
function split(request: IncomingMessage, body: Buffer): { manifest: Buffer; contents: Buffer } {
  const [, boundary] = /boundary=(.+)$/u.exec(request.headers['content-type'] ?? '') ?? [];
  if (boundary === undefined) return { manifest: body, contents: Buffer.alloc(0) };
  const second = body.indexOf(`\r\n--${boundary}\r\n`);
  const partOf = (from: number, to: number): Buffer => body.subarray(body.indexOf('\r\n\r\n', from) + 4, to);
  return {
    manifest: partOf(0, second),
    contents: partOf(second + 4, body.lastIndexOf(`\r\n--${boundary}--`)),
  };
}
