import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { sendBody, truncate } from './fault-proxy-bodies.js';

/** What the link between two servers does to one request. */
export type Fault =
  /** Answered by the link itself, as a load balancer would. */
  | { readonly do: 'answer'; readonly status: number; readonly retryAfter?: number }
  /** The connection is reset before anything arrives. */
  | { readonly do: 'reset' }
  /** Half-open: everything is taken, nothing ever comes back. */
  | { readonly do: 'hang' }
  /** The connection is reset after so many bytes of the body have passed. */
  | { readonly do: 'cut-request'; readonly afterBytes: number }
  /** The peer has applied and answered; the answer does not arrive. */
  | { readonly do: 'lose-answer' }
  /** Half of the answer arrives. */
  | { readonly do: 'truncate-answer' }
  /** The body passes in small pieces, with rests. */
  | { readonly do: 'trickle'; readonly pieceBytes: number; readonly restMs: number }
  /** The sender sees a reset; the request is kept and goes out at `deliverLate`. */
  | { readonly do: 'keep' };

/** A request as the link sees it. */
export interface Passing {
  readonly method: string;
  /** With the mount point: `/sync/upload`. */
  readonly path: string;
  /** Who sends. */
  readonly from: string;
}

interface Kept {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A link to one server that can be broken in every way a network breaks. Passes everything on until `choose` is set. */
export class FaultProxy {
  /** The fault for a request; null lets it pass. */
  choose: (request: Passing) => Fault | null = () => null;
  /** What the link carries towards the server, over all requests; null for as much as comes. */
  bytesPerSecond: number | null = null;
  /** Requests that met a fault, by what it did. */
  readonly played = new Map<Fault['do'], number>();
  /** Requests that passed, as `METHOD path`. */
  readonly passed: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #kept: Kept[] = [];
  /** When the bytes that were let through so far have passed. */
  #passedByMs = 0;
  readonly #agent = new Agent({ keepAlive: false });
  #target = '';
  #isCut = false;
  /** Bytes that closed connections took. */
  #takenBytes = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.requestTimeout = 0;
    server.on('connection', (socket) => this.#connected(socket));
    server.on('request', (request, response) => void this.#take(request, response));
  }

  /** Listens on a port of its own. The caller owes `close`. */
  static async listen(): Promise<FaultProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Bytes that came into the link since it was made, headers included. */
  get takenBytes(): number {
    return [...this.#sockets].reduce((sum, socket) => sum + socket.bytesRead, this.#takenBytes);
  }

  /** The server behind the link. */
  aim(url: string): void {
    this.#target = url;
  }

  /** All faults end. */
  heal(): void {
    this.choose = () => null;
    this.bytesPerSecond = null;
    this.#isCut = false;
  }

  /** Every connection is reset, those to come too. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** How often this fault was met. */
  count(what: Fault['do']): number {
    return this.played.get(what) ?? 0;
  }

  /** Sends what was kept, in its order, and gives the answers' status codes. */
  async deliverLate(): Promise<readonly number[]> {
    const codes: number[] = [];
    for (const { method, path, headers, body } of this.#kept.splice(0)) {
      const outgoing = ask(this.#target + path, { method, headers, agent: this.#agent });
      outgoing.end(body);
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      await buffer(answer);
      codes.push(answer.statusCode ?? 0);
    }
    return codes;
  }

  async close(): Promise<void> {
    this.cut();
    this.#agent.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connected(socket: Socket): void {
    if (this.#isCut) socket.resetAndDestroy();
    this.#sockets.add(socket);
    socket
      .on('error', () => socket.destroy())
      .once('close', () => {
        if (this.#sockets.delete(socket)) this.#takenBytes += socket.bytesRead;
      });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers, socket } = request;
    const fault = this.choose({ method, path: url, from: String(headers['x-lockstep-node']) });
    if (fault === null) this.passed.push(`${method} ${url}`);
    else this.played.set(fault.do, this.count(fault.do) + 1);
    try {
      await this.#play(fault, request, response);
    } catch {
      socket.resetAndDestroy(); // whichever side broke, the other one sees a broken connection
    }
  }

  async #play(fault: Fault | null, request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (fault?.do) {
      case 'answer':
        return answerItself(fault, request, response);
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'hang':
        request.resume();
        return;
      case 'keep':
        return this.#keep(request);
      default:
        return this.#pass(fault ?? null, request, response);
    }
  }

  async #keep(request: IncomingMessage): Promise<void> {
    const { method = 'GET', url = '/', headers, socket } = request;
    this.#kept.push({ method, path: url, headers, body: await buffer(request) });
    socket.resetAndDestroy();
  }

  /** Resolves when the link has carried so many bytes more. */
  async #carry(bytes: number): Promise<void> {
    if (this.bytesPerSecond === null) return;
    const nowMs = performance.now();
    this.#passedByMs = Math.max(nowMs, this.#passedByMs) + (bytes * 1000) / this.bytesPerSecond;
    await delay(this.#passedByMs - nowMs);
  }

  async #pass(fault: Fault | null, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers, socket } = request; // a request forgets its socket in the end
    const outgoing = ask(this.#target + url, { method, headers, agent: this.#agent });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    answered.catch(() => socket.resetAndDestroy());
    response.once('close', () => outgoing.destroy());
    const isThrough = await sendBody(request, outgoing, fault, (bytes) => this.#carry(bytes));
    if (!isThrough) {
      outgoing.destroy();
      socket.resetAndDestroy();
      return;
    }
    const [answer] = await answered;
    if (fault?.do === 'lose-answer') {
      await buffer(answer);
      socket.resetAndDestroy();
    } else if (fault?.do === 'truncate-answer') await truncate(answer, response);
    else {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }
  }
}

async function answerItself(
  fault: Extract<Fault, { do: 'answer' }>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await buffer(request);
  const { status, retryAfter } = fault;
  response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
  response.end(`<h1>${status}</h1>`);
}
