import type { AxiosInstance } from 'axios';
import {
  anyNode,
  emptyDigest,
  headers as names,
  SyncError,
  verifyAnswer,
  type Digest,
  type NodeId,
} from '@lockstep/core';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { loadAxios } from './http-axios.js';
import { describeAnswer, describeFailure, wasStaleConnection } from './http-failure.js';
import { createSigningAxios, type SigningOptions } from './signing-axios.js';

/** A failure that is longer than this is none of Lockstep's, in bytes. */
const maxFailureBytes = 64 * 1024;

/** Connections kept beyond the flights, for hello, index and content. */
const spareSockets = 4;

export interface HttpClientOptions extends SigningOptions {
  readonly flights: number;
  /** Longest silence of the peer. */
  readonly timeoutMs: number;
  readonly httpsAgent?: HttpsAgent;
}

export interface HttpBody {
  /** A stream is made anew for each attempt. */
  readonly data: Buffer | (() => Readable);
  /** Bytes of the body before it is compressed. */
  readonly length: number;
  /** Bytes that travel, where that is another number; null while it is not known. */
  readonly wireLength?: number | null;
  readonly type: string;
  /** Say how it is compressed. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What is signed: the SHA-256 of the JSON body or of the manifest. */
  readonly digest: Digest;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the mount point, with the query string. */
  readonly route: string;
  /** The peer's name; null while it is unknown. */
  readonly to: NodeId | null;
  readonly body?: HttpBody;
}

/** The only place that speaks HTTP: signs every request, verifies every answer. */
export interface HttpClient {
  /** The body of a signed answer. Rejects with a SyncError. */
  ask(request: HttpRequest): Promise<Buffer>;
  /** A 2xx answer that is read as it comes; it is not signed, so the caller verifies the content's digest. */
  open(request: HttpRequest): Promise<{ readonly stream: Readable; readonly length: number | null }>;
  /** Ends all connections, those in use too. */
  close(): void;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const limits = { keepAlive: true, maxSockets: options.flights + spareSockets };
  const httpAgent = new HttpAgent(limits);
  const httpsAgent = options.httpsAgent ?? new HttpsAgent(limits);
  const once = createSigningAxios(options, { httpAgent, httpsAgent });
  const twice = createSigningAxios(options, { httpAgent, httpsAgent });
  // Never for a streamed body: axios-retry resends a consumed stream as no bytes at all, and the peer answers 200.
  loadAxios().axiosRetry(twice, { retries: 1, retryCondition: wasStaleConnection, retryDelay: () => 0 });
  const clientFor = ({ body }: HttpRequest): AxiosInstance =>
    typeof body?.data === 'function' ? once : twice;

  return {
    async ask(request) {
      const answer = await send(clientFor(request), request, options, 'arraybuffer');
      const body = toBuffer(answer.data);
      if (!answer.isGood)
        throw describeAnswer(answer.status, body, answer.headers['retry-after'], options.url);
      const { status, nonce } = answer;
      const signature = answer.headers[names.answer];
      if (verifyAnswer({ status, nonce, body, secrets: options.secrets, signature })) return body;
      throw unsigned(options.url);
    },
    async open(request) {
      const answer = await send(clientFor(request), request, options, 'stream');
      if (!(answer.data instanceof Readable)) throw unsigned(options.url);
      if (answer.isGood) return { stream: answer.data, length: lengthOf(answer.headers['content-length']) };
      const body = await firstBytes(answer.data, maxFailureBytes);
      throw describeAnswer(answer.status, body, answer.headers['retry-after'], options.url);
    },
    close() {
      httpAgent.destroy();
      if (options.httpsAgent === undefined) httpsAgent.destroy();
    },
  };
}

interface Answer {
  readonly status: number;
  /** 2xx. */
  readonly isGood: boolean;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly nonce: string;
}

async function send(
  client: AxiosInstance,
  { method, route, to, body }: HttpRequest,
  options: HttpClientOptions,
  responseType: 'arraybuffer' | 'stream',
): Promise<Answer> {
  try {
    const response = await client.request<unknown>({
      method,
      url: route,
      responseType,
      timeout: options.timeoutMs,
      // A file may be as long as its peer says; whoever reads it counts.
      ...(responseType === 'stream' && { maxContentLength: Number.POSITIVE_INFINITY }),
      headers: {
        [names.to]: to ?? anyNode,
        [names.digest]: body?.digest ?? emptyDigest,
        ...(body && framing(body)),
      },
      ...(body && { data: typeof body.data === 'function' ? body.data() : body.data }),
    });
    const { status, data, headers } = response;
    const nonce = String(response.config.headers.get(names.nonce));
    return { status, isGood: status >= 200 && status < 300, data, headers, nonce };
  } catch (error) {
    throw describeFailure(error, options.url);
  }
}

function framing({ type, length, wireLength = length, headers }: HttpBody): Record<string, string> {
  return {
    'content-type': type,
    ...(wireLength !== null && { 'content-length': String(wireLength) }),
    ...headers,
  };
}

/** The beginning of a stream; the rest is not waited for. */
async function firstBytes(stream: Readable, max: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream as AsyncIterable<Uint8Array>) {
    parts.push(part);
    length += part.length;
    if (length >= max) break;
  }
  return Buffer.concat(parts).subarray(0, max);
}

function toBuffer(data: unknown): Buffer {
  return data instanceof Uint8Array
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.alloc(0);
}

function lengthOf(header: unknown): number | null {
  const length = typeof header === 'string' ? Number(header) : NaN;
  return Number.isSafeInteger(length) && length >= 0 ? length : null;
}

function unsigned(url: string): SyncError {
  return new SyncError(
    'PEER_NONSENSE',
    `The answer of ${url} is not signed with the shared secret. Mend the URL of this peer, or give every server the same LOCKSTEP_SECRET.`,
    { details: { url } },
  );
}
