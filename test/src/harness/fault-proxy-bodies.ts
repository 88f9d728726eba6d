import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault-proxy.js';

/** Gives whether the whole body went through. */
export async function sendBody(
  from: IncomingMessage,
  to: NodeJS.WritableStream,
  fault: Fault | null,
  carry: (bytes: number) => Promise<void>,
): Promise<boolean> {
  let passed = 0;
  for await (const part of from as AsyncIterable<Buffer>) {
    await carry(part.length);
    if (fault?.do === 'cut-request' && passed + part.length > fault.afterBytes) {
      to.write(part.subarray(0, fault.afterBytes - passed));
      return false;
    }
    const pieceBytes = fault?.do === 'trickle' ? fault.pieceBytes : part.length;
    for (let at = 0; at < part.length; at += pieceBytes) {
      if (!to.write(part.subarray(at, at + pieceBytes))) await once(to, 'drain');
      if (fault?.do === 'trickle') await delay(fault.restMs);
    }
    passed += part.length;
  }
  to.end();
  return true;
}

/** Half of an answer, and then nothing. */
export async function truncate(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(answer);
  const { 'transfer-encoding': _chunked, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': String(body.length) });
  response.write(body.subarray(0, Math.floor(body.length / 2)));
  response.socket?.end();
}
