import { plainLengthHeader, sha256 } from '@lockstep/core';
import assert from 'node:assert/strict';
import { readFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { freePorts, TestServer } from '../harness/index.js';
import {
  createClient,
  entryOf,
  manifestOf,
  multipart,
  multipartType,
  signed,
  type Attack,
} from './client.js';
import { secret } from './victim.js';

const mebibyte = 1024 * 1024;
/** Text that packs well, and no better than a page of real text may. */
const text = Array.from(
  { length: 2000 },
  (_, at) => `<li>${sha256(String(at)).slice(0, 8)} item ${at}</li>`,
).join('\n');

/** The packed body of an upload of one file. */
interface Packed {
  readonly manifest: string;
  readonly body: Buffer;
  readonly length: number;
}

function pack(path: string, content: string): Packed {
  const manifest = manifestOf([entryOf('static', path, content)]);
  const plain = multipart([
    { name: 'manifest', content: manifest },
    { name: 'contents', content, fileName: 'contents' },
  ]);
  return { manifest, body: gzipSync(plain, { level: 9 }), length: plain.length };
}

/** Signs it anew. `claim`: the length that it announces. */
function upload({ manifest, body, length }: Packed, claim = length): Attack {
  const headers = {
    'content-type': multipartType,
    'content-encoding': 'gzip',
    [plainLengthHeader]: String(claim),
  };
  return signed('POST', '/upload', body, { digest: sha256(manifest), headers });
}

/** The most memory that a process had so far. */
async function peakMemory(pid: number): Promise<number> {
  const [, kib] = /VmHWM:\s+(\d+) kB/u.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

test(
  'bombs of a peer who knows the secret do not make a server grow, and others are served between them',
  { timeout: 120_000, skip: process.platform !== 'linux' },
  async (t) => {
    const root = await mkdtemp(join(tmpdir(), 'lockstep-bombs-'));
    const [port = 0] = await freePorts(1);
    const server = new TestServer({ name: 'victim', root, port, env: { LOCKSTEP_SECRET: secret } });
    await server.start();
    const client = createClient(port, 4);
    t.after(async () => {
      client.close();
      await server.stop();
      await rm(root, { recursive: true, force: true });
    });
    const send = async (attack: Attack): Promise<string> => {
      const { status, body } = await client.send(attack);
      const { code = '' } = JSON.parse(body.toString()) as { code?: string };
      return `${status} ${code}`.trim();
    };
    // What honest packed uploads need is no growth of an attack.
    for (let at = 0; at < 8; at += 1) assert.equal(await send(upload(pack(`text-${at}.html`, text))), '200');
    const bomb = pack('bomb.html', '\0'.repeat(90 * mebibyte));
    const before = await peakMemory(server.pid);
    for (let round = 0; round < 5; round += 1) {
      const bombs = await Promise.all(Array.from({ length: 4 }, () => send(upload(bomb))));
      for (const outcome of bombs) assert.equal(outcome, '415 ENCODING_REFUSED');
      assert.equal(await send(upload(bomb, 100_000)), '413 REQUEST_TOO_LARGE');
      assert.equal(await send(upload(pack(`between-${round}.html`, text))), '200');
    }
    const grown = (await peakMemory(server.pid)) - before;
    t.diagnostic(`25 bombs of 90 MiB: the server grew by ${Math.round(grown / mebibyte)} MiB`);
    assert.ok(grown < 90 * mebibyte, `it grew by ${Math.round(grown / mebibyte)} MiB`);
    assert.equal(await server.files.exists('static/bomb.html'), false);
  },
);
