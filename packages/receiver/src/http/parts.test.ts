import {
  packChunks,
  toWire,
  unpackChunks,
  type ChunkList,
  type LiveEntry,
  type WireVerdict,
} from '@lockstep/core';
import { openReplica } from '@lockstep/core/node';
import { fileKey } from '@lockstep/core/testing';
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { serveReceiver, type ReceiverServer, type ServeOptions } from '../testing/http/receiver-server.js';
import { ask, liveOf, manifestOf, uploadOf, type PeerAnswer } from '../testing/peer-client.js';

/** Bytes that look random and are the same in every run: where a file is cut depends on them. */
function seededBytes(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, at) =>
    createHash('sha512').update(`${seed}:${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

const before = seededBytes('before', 2_000_000);
/** The same with some bytes changed, and some at the end. */
const after = Buffer.concat([
  before.subarray(0, 500_000),
  seededBytes('changed', 1_000),
  before.subarray(501_000),
  seededBytes('added', 100),
]);

/** What a sender knows of a content. */
async function chunksOf(t: TestContext, content: Buffer): Promise<ChunkList> {
  const root = await mkdtemp(path.join(tmpdir(), 'lockstep-sender-'));
  const replica = await openReplica({ root, name: 'web-1', durability: 'os' });
  t.after(async () => {
    await replica.close();
    await rm(root, { recursive: true, force: true });
  });
  await writeFile(path.join(root, 'static/app.css'), content);
  await replica.scan('static');
  const entry = replica.index.get(fileKey('static', 'app.css'))?.entry;
  const chunks = entry?.state === 'live' ? await replica.chunksOf(entry) : null;
  assert.ok(chunks !== null);
  return chunks;
}

/** The bytes of some chunks, one after the other. */
function bytesOf(content: Buffer, chunks: ChunkList, sent: readonly number[]): Buffer {
  let position = 0;
  const parts = unpackChunks(chunks).map(({ size }) => content.subarray(position, (position += size)));
  return Buffer.concat(parts.filter((_, at) => sent.includes(at)));
}

const firstResult = ({ json }: PeerAnswer): unknown => (json['results'] as unknown[])[0];

const offer = (to: ReceiverServer, entries: readonly object[], node = 'web-1'): Promise<PeerAnswer> =>
  ask(to.port, { method: 'POST', route: '/offer', node, body: manifestOf(entries, { node }) });

async function give(to: ReceiverServer, content: Buffer): Promise<void> {
  const answer = await ask(to.port, uploadOf(manifestOf([liveOf(content)]), content));
  assert.deepEqual(firstResult(answer), { status: 'settled', applied: 'written' });
}

const inParts = (entry: LiveEntry, chunks: ChunkList, sent?: readonly number[]): object => ({
  ...toWire(entry),
  chunks,
  ...(sent && { sent }),
});

/** A server with the old version, and what it asks for of the new one. */
async function asked(t: TestContext, options: ServeOptions = {}) {
  const to = await serveReceiver(t, options);
  await give(to, before);
  const chunks = await chunksOf(t, after);
  const entry = liveOf(after);
  const result = firstResult(await offer(to, [inParts(entry, chunks)])) as WireVerdict;
  const missing = result.chunks ?? [];
  assert.ok(missing.length >= 2 && missing.length <= 5, `it asks for the chunks ${missing.join(', ')}`);
  return { to, chunks, entry, missing };
}

describe('A large file in parts', () => {
  it('is asked for as a whole where nothing of it is', async (t) => {
    const to = await serveReceiver(t);
    const chunks = await chunksOf(t, after);
    assert.deepEqual(firstResult(await offer(to, [liveOf(after)])), { status: 'want' });
    assert.deepEqual(firstResult(await offer(to, [inParts(liveOf(after), chunks)])), { status: 'want' });
  });

  it('is asked for by its chunks where an old version is, and put together from both', async (t) => {
    const { to, chunks, entry, missing } = await asked(t);
    assert.deepEqual(firstResult(await offer(to, [entry])), { status: 'want', parts: true });
    const bytes = bytesOf(after, chunks, missing);
    assert.ok(bytes.length < 500_000);
    const answer = await ask(to.port, uploadOf(manifestOf([inParts(entry, chunks, missing)]), bytes));
    assert.deepEqual(firstResult(answer), { status: 'settled', applied: 'written' });
    assert.ok((await readFile(path.join(to.root, 'static/app.css'))).equals(after));
    assert.deepEqual(await to.files(), ['static/app.css']);
  });

  it('with wrong bytes is refused, and the old version stays', async (t) => {
    const { to, chunks, entry, missing } = await asked(t);
    const wrong = randomBytes(bytesOf(after, chunks, missing).length);
    const answer = await ask(to.port, uploadOf(manifestOf([inParts(entry, chunks, missing)]), wrong));
    assert.equal((firstResult(answer) as WireVerdict).code, 'CHECKSUM_MISMATCH');
    assert.ok((await readFile(path.join(to.root, 'static/app.css'))).equals(before));
    assert.deepEqual(await to.files(), ['static/app.css']);
  });

  it('whose list lies about what is here is refused, and the entry after it goes on', async (t) => {
    const { to, chunks, entry, missing } = await asked(t);
    const lies = unpackChunks(chunks).map((chunk, at) =>
      missing.includes(at) ? chunk : { ...chunk, digest: '000000000000' },
    );
    const manifest = manifestOf([
      inParts(entry, packChunks(lies), missing),
      liveOf('next', { path: 'next.css' }),
    ]);
    const bytes = Buffer.concat([bytesOf(after, chunks, missing), Buffer.from('next')]);
    const results = (await ask(to.port, uploadOf(manifest, bytes))).json['results'] as WireVerdict[];
    assert.deepEqual(
      results.map(({ status, code }) => code ?? status),
      ['CONTENT_MISSING', 'settled'],
    );
  });

  it('is asked for as a whole from a peer that may not read the folder', async (t) => {
    const { to, chunks, entry, missing } = await asked(t, {
      rights: { 'web-1': { static: ['read', 'write'] }, 'web-3': { static: ['write'] } },
    });
    assert.deepEqual(firstResult(await offer(to, [entry], 'web-3')), { status: 'want' });
    assert.deepEqual(firstResult(await offer(to, [inParts(entry, chunks)], 'web-3')), { status: 'want' });
    const manifest = manifestOf([inParts(entry, chunks, missing)], { node: 'web-3' });
    const upload = uploadOf(manifest, bytesOf(after, chunks, missing), { node: 'web-3' });
    assert.equal((firstResult(await ask(to.port, upload)) as WireVerdict).code, 'CONTENT_MISSING');
  });
});
