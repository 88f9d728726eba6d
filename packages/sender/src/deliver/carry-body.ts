import { isSyncError, plainLengthHeader } from '@lockstep/core';
import { pipeline, Readable } from 'node:stream';
import type { Compression } from './compression.js';
import type { HttpBody } from './http-client.js';
import type { RateLimit } from './limit-rate.js';
import type { LinkMeter } from './link-meter.js';

/** Bytes that went to a peer as bodies of requests, and those that did not have to. */
export interface CarriedBytes {
  sent: number;
  saved: number;
}

/** Everything that happens to a body on its way out. */
export interface Carrier {
  readonly bytes: Readonly<CarriedBytes>;
  /** Sends a body with `send`: compressed where that pays, under the rate limit, and measured. */
  carry<T extends { readonly busyMs?: number }>(
    body: HttpBody,
    send: (body: HttpBody) => Promise<T>,
  ): Promise<T>;
}

export interface CarrierParts {
  readonly limit: RateLimit;
  readonly link: LinkMeter;
  readonly compression: Compression;
}

/** A body as it travels. The sender owes `release`. */
interface Outgoing {
  readonly body: HttpBody;
  readonly isCompressed: boolean;
  /** Bytes that have gone. */
  wireBytes(): number;
  release(): void;
}

const sampleSlices = 8;
const sliceBytes = 8 * 1024;

export function createCarrier(parts: CarrierParts): Carrier {
  const { link, compression } = parts;
  const bytes: CarriedBytes = { sent: 0, saved: 0 };

  const carryOnce: Carrier['carry'] = async (body, send) => {
    const outgoing = await shape(body, parts);
    const transfer = link.begin(body.length);
    try {
      const answer = await send(outgoing.body);
      transfer.arrived(outgoing.wireBytes(), answer.busyMs);
      if (outgoing.isCompressed) bytes.saved += Math.max(0, body.length - outgoing.wireBytes());
      return answer;
    } catch (error) {
      if (outgoing.isCompressed && isSyncError(error) && error.code === 'ENCODING_REFUSED')
        compression.refused();
      throw error;
    } finally {
      bytes.sent += outgoing.wireBytes();
      outgoing.release();
    }
  };

  return {
    bytes,
    async carry(body, send) {
      try {
        return await carryOnce(body, send);
      } catch (error) {
        // Compression rests from now on: the same body goes as it is.
        if (isSyncError(error) && error.code === 'ENCODING_REFUSED') return await carryOnce(body, send);
        throw error;
      }
    },
  };
}

async function shape(body: HttpBody, parts: CarrierParts): Promise<Outgoing> {
  if (!parts.compression.mayPay(body.length)) return pace(plain(body), parts.limit);
  const compressed = Buffer.isBuffer(body.data)
    ? await compressWhole(body, body.data, parts.compression)
    : await compressStream(body, body.data, parts.compression);
  return pace(compressed, parts.limit);
}

function plain(body: HttpBody): Outgoing {
  return { body, isCompressed: false, wireBytes: () => body.length, release: () => undefined };
}

async function compressWhole(body: HttpBody, data: Buffer, compression: Compression): Promise<Outgoing> {
  const shrunk = (await compression.pays(sampleOf([data]), data.length))
    ? await compression.shrink(data)
    : null;
  if (shrunk === null) return plain(body);
  const compressed = { ...body, ...encoded(body), data: shrunk, wireLength: shrunk.length };
  return { ...plain(body), body: compressed, isCompressed: true, wireBytes: () => shrunk.length };
}

/** Reads the beginning to see whether it pays; what was read goes out all the same. */
async function compressStream(
  body: HttpBody,
  open: () => Readable,
  compression: Compression,
): Promise<Outgoing> {
  const source = open();
  const pieces = (source as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  try {
    for (let length = 0; length < sampleSlices * sliceBytes; length += read.at(-1)?.length ?? 0) {
      const next = await pieces.next();
      if (next.done === true) break;
      read.push(next.value);
    }
    const all = Readable.from(goOn(read, pieces), { objectMode: false });
    const release = (): void => void [source, all].forEach((stream) => stream.destroy());
    if (!(await compression.pays(sampleOf(read), body.length)))
      return { ...plain(body), body: { ...body, data: () => all }, release };
    const gzip = pipeline(all, compression.stream(), () => undefined);
    const compressed = { ...body, ...encoded(body), data: () => gzip, wireLength: null };
    return {
      ...{ body: compressed, isCompressed: true, wireBytes: () => 0 },
      release: () => {
        release();
        gzip.destroy();
      },
    };
  } catch (error) {
    source.destroy();
    throw error;
  }
}

function encoded({ length }: HttpBody): Pick<HttpBody, 'headers'> {
  return { headers: { 'content-encoding': 'gzip', [plainLengthHeader]: String(length) } };
}

async function* goOn(
  read: readonly Uint8Array[],
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* read;
  yield* { [Symbol.asyncIterator]: () => pieces };
}

/** Some slices from all over these bytes. */
function sampleOf(pieces: readonly Uint8Array[]): Buffer {
  const all = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  if (all.length <= sampleSlices * sliceBytes) return Buffer.from(all);
  const stride = Math.floor((all.length - sliceBytes) / (sampleSlices - 1));
  const slices = Array.from({ length: sampleSlices }, (_, at) =>
    all.subarray(at * stride, at * stride + sliceBytes),
  );
  return Buffer.concat(slices);
}

/** Under a limit the bytes go slice by slice. What is compressed on the way is counted here. */
async function pace(outgoing: Outgoing, limit: RateLimit): Promise<Outgoing> {
  const { data, wireLength } = outgoing.body;
  if (limit.bytesPerSecond === false && wireLength !== null) return outgoing;
  if (Buffer.isBuffer(data) && data.length <= limit.sliceBytes) {
    await limit.take(data.length);
    return outgoing;
  }
  let gone = 0;
  async function* slices(): AsyncGenerator<Uint8Array> {
    const pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = Buffer.isBuffer(data) ? [data] : data();
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; at += limit.sliceBytes) {
        const slice = piece.subarray(at, at + limit.sliceBytes);
        await limit.take(slice.length);
        gone += slice.length;
        yield slice;
      }
    }
  }
  const paced = Readable.from(slices(), { objectMode: false, highWaterMark: 1 });
  return {
    ...outgoing,
    body: { ...outgoing.body, data: () => paced },
    wireBytes: () => gone,
    release: () => {
      paced.destroy();
      outgoing.release();
    },
  };
}
