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

function uploadBody(manifest: string, boundary: string, upload: Upload): HttpBody {
  const { body } = upload;
  const { contentType: type, head, tail } = frameUpload(manifest, boundary);
  const shared = { length: head.length + bytesOf(upload) + tail.length, type, digest: sha256(manifest) };
  if (body.kind === 'bytes') return { ...shared, data: Buffer.concat([head, ...body.contents, tail]) };
  return { ...shared, data: () => Readable.from(framed(head, body.read(), tail), { objectMode: false }) };
}

async function* framed(
  head: Buffer,
  contents: AsyncIterable<Uint8Array>,
  tail: Buffer,
): AsyncGenerator<Uint8Array> {
  yield head;
  yield* contents;
  yield tail;
}
