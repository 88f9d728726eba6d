import { sha256 } from '@lockstep/core';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  createClient,
  entryOf,
  manifestOf,
  multipart,
  multipartType,
  signed,
  unsigned,
  type Attack,
} from './client.js';
import type { StrangerReport } from './stranger-server.js';

/** What a number of bad requests cost the server that refused them. */
export interface StrangersCost {
  readonly requests: number;
  /** Processor time of the server, in ms per 1,000 requests. */
  readonly cpuMsPerThousand: number;
  readonly rssGrowthMiB: number;
  readonly logLines: number;
  /** Changes of the index. */
  readonly recorded: number;
  readonly refused: number;
}

/** Requests of somebody without the secret: unsigned, badly signed, with bodies, with wrong tokens. */
function badRequest(nth: number): Attack {
  const manifest = manifestOf([entryOf('static', `stranger-${nth}.css`, 'x'.repeat(1000))]);
  const body = multipart([
    { name: 'manifest', content: manifest },
    { name: 'contents', content: 'x'.repeat(1000), fileName: 'contents' },
  ]);
  const headers = { 'content-type': multipartType };
  const good = signed('POST', '/upload', body, { digest: sha256(manifest), headers });
  switch (nth % 5) {
    case 0:
      return unsigned(signed('GET', '/index'));
    case 1:
      return { ...signed('GET', '/hello'), url: '/sync/status' };
    case 2:
      return { ...good, headers: { ...good.headers, 'x-lockstep-signature': `v1=${'0'.repeat(64)}` } };
    case 3:
      return { ...unsigned(good), headers: { ...headers, authorization: `Bearer guess-${nth}-0123456789` } };
    default:
      return { method: 'GET', url: '/sync-monitor/api/status', headers: {}, body: '' };
  }
}

/** Sends bad requests to a server in its own process, and asks it what they cost. Rejects when one of them is not refused. */
export async function measureStrangers(requests: number): Promise<StrangersCost> {
  const child = fork(fileURLToPath(new URL('stranger-server.js', import.meta.url)), { silent: true });
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    const client = createClient(port, 8);
    try {
      await sendAll(client, 200);
      const before = await ask(child);
      await sendAll(client, requests);
      const after = await ask(child);
      return {
        requests,
        cpuMsPerThousand: Math.round(((after.cpuMs - before.cpuMs) / requests) * 1000),
        rssGrowthMiB: after.rssMiB - before.rssMiB,
        logLines: after.logLines - before.logLines,
        recorded: after.lastSequence - before.lastSequence,
        refused: after.refused - before.refused,
      };
    } finally {
      client.close();
    }
  } finally {
    child.send('close');
    await once(child, 'exit');
  }
}

async function sendAll(client: ReturnType<typeof createClient>, requests: number): Promise<void> {
  const together = 40;
  for (let from = 0; from < requests; from += together) {
    const volley = Array.from({ length: Math.min(together, requests - from) }, (_, at) =>
      badRequest(from + at),
    );
    const replies = await Promise.all(volley.map((attack) => client.send(attack)));
    const wrong = replies.find(({ status }) => status !== 401 && status !== 429);
    if (wrong)
      throw new Error(`A stranger was answered ${wrong.status}: ${wrong.body.toString().slice(0, 200)}`);
  }
}

async function ask(child: ChildProcess): Promise<StrangerReport> {
  child.send('report');
  const [report] = (await once(child, 'message')) as [StrangerReport];
  return report;
}
