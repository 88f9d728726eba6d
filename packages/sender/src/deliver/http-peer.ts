import {
  parseHello,
  parseIndexPage,
  parseManifestAnswer,
  protocolVersion,
  routes,
  sha256,
  SyncError,
  toWire,
  type Entry,
  type Manifest,
  type ManifestAnswer,
  type NodeId,
} from '@lockstep/core';
import { Readable } from 'node:stream';
import { createHttpClient, type HttpBody, type HttpClient, type HttpClientOptions } from './http-client.js';
import { frameUpload } from './multipart.js';
import type { Peer, PeerContent, Upload, UploadParts } from './peer.js';
import { bytesOf } from './upload-parts.js';
import { createWay, type WayOptions } from './way.js';

export interface HttpPeerOptions extends HttpClientOptions, WayOptions {
  /** Identity of this server's index now. */
  readonly indexId: () => string;
}

/** The peer behind a URL, over HTTP. Holds no connection before the first request. */
export function createHttpPeer(options: HttpPeerOptions): Peer {
  const { url, node, indexId, random, clock } = options;
  const client = createHttpClient(options);
  const way = createWay(options);
  let name: NodeId | null = null;

  const manifestOf = (entries: readonly Entry[], parts?: Partial<UploadParts>): string => {
    const wired = entries.map((entry) => ({ ...toWire(entry), ...parts }));
    const manifest: Manifest = { protocol: protocolVersion, node, indexId: indexId(), entries: wired };
    return JSON.stringify(manifest);
  };

  const tell = async (
    method: 'POST' | 'DELETE',
    route: string,
    body: HttpBody,
    count: number,
  ): Promise<ManifestAnswer> => {
    const to = await nameOf();
    return way.carry(body, async (carried) => {
      const answer = await client.ask({ method, route, to, body: carried });
      return parseManifestAnswer(answer, url, count);
    });
  };

  const hello: Peer['hello'] = async () => {
    const askedMs = clock.now();
    const answer = parseHello(await client.ask({ method: 'GET', route: routes.hello, to: null }), url);
    way.greeted(clock.now() - askedMs, answer.encodings);
    name = answer.node;
    return answer;
  };

  const nameOf = async (): Promise<NodeId> => name ?? (await hello()).node;

  return {
    url,
    link: way.link,
    hello,
    offer: (entries, chunks) => {
      const body = jsonBody(manifestOf(entries, chunks && { chunks }));
      return tell('POST', routes.offer, body, entries.length);
    },
    remove: (entries) => tell('DELETE', routes.delete, jsonBody(manifestOf(entries)), entries.length),
    upload: (upload) => {
      const body = uploadBody(manifestOf(upload.entries, upload.parts), random.id(), upload);
      return tell('POST', routes.upload, body, upload.entries.length);
    },
    async indexPage(since, limit) {
      const route = `${routes.index}?since=${since}&limit=${limit}`;
      return parseIndexPage(await client.ask({ method: 'GET', route, to: await nameOf() }), url);
    },
    async content({ folder, path }) {
      const route = `${routes.content}?${new URLSearchParams({ base_folder: folder, path }).toString()}`;
      return contentOf(await client.open({ method: 'GET', route, to: await nameOf() }), url);
    },
    close: () => client.close(),
  };
}

function contentOf({ stream, length }: Awaited<ReturnType<HttpClient['open']>>, url: string): PeerContent {
  if (length !== null) return { size: length, bytes: stream, cancel: () => void stream.destroy() };
  stream.destroy();
  throw new SyncError(
    'PEER_NONSENSE',
    `${url} sent a file without saying its length. Mend the URL of this peer.`,
  );
}

/** A type of its own, which the body parsers of an app leave alone (they take `application/json`). */
const manifestType = 'application/vnd.lockstep+json';

function jsonBody(text: string): HttpBody {
  const data = Buffer.from(text);
  return { data, length: data.length, type: manifestType, digest: sha256(data) };
}

/** A body up to this size is joined, so that it can be sent again over a new connection; memory to join more costs more than sending it. */
const joinedBytes = 256 * 1024;

function uploadBody(manifest: string, boundary: string, upload: Upload): HttpBody {
  const { body } = upload;
  const { contentType: type, head, tail } = frameUpload(manifest, boundary);
  const shared = { length: head.length + bytesOf(upload) + tail.length, type, digest: sha256(manifest) };
  if (body.kind === 'bytes' && shared.length <= joinedBytes)
    return { ...shared, data: Buffer.concat([head, ...body.contents, tail]) };
  const contents = () => (body.kind === 'bytes' ? joinSmall(body.contents) : body.read());
  return { ...shared, data: () => Readable.from(framed(head, contents(), tail), { objectMode: false }) };
}

/** Neighbours that are small go to the socket as one piece of about this size, in bytes. */
const pieceBytes = 64 * 1024;

function* joinSmall(contents: readonly Uint8Array[]): Generator<Uint8Array> {
  let small: Uint8Array[] = [];
  let bytes = 0;
  for (const content of contents) {
    if (bytes + content.length > pieceBytes && small.length > 0) {
      yield Buffer.concat(small);
      [small, bytes] = [[], 0];
    }
    if (content.length > pieceBytes) yield content;
    else {
      small.push(content);
      bytes += content.length;
    }
  }
  if (small.length > 0) yield Buffer.concat(small);
}

async function* framed(
  head: Buffer,
  contents: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  tail: Buffer,
): AsyncGenerator<Uint8Array> {
  yield head;
  yield* contents;
  yield tail;
}
