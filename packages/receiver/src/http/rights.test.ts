import { sha256, type Digest } from '@lockstep/core';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { serveReceiver, type ReceiverServer } from '../testing/http/receiver-server.js';
import {
  ask,
  liveOf,
  manifestOf,
  tombstoneOf,
  uploadOf,
  type PeerAnswer,
  type PeerRequest,
} from '../testing/peer-client.js';

const offerOf = (entries: Parameters<typeof manifestOf>[0], node: string): PeerRequest => ({
  ...{ method: 'POST', route: '/offer', node },
  body: manifestOf(entries, { node }),
});

/** The status of each verdict, or why it was refused. */
function verdicts({ json }: PeerAnswer): string[] {
  const results = json['results'] as { status: string; code?: string; applied?: string }[];
  return results.map(({ status, code, applied }) => code ?? applied ?? status);
}

const content = (to: ReceiverServer, file: string): Promise<string> =>
  readFile(path.join(to.root, file), 'utf8');

/** A server that a full peer, web-1, has given a file of each folder. */
async function giveSecrets(to: ReceiverServer): Promise<{ readonly secretDigest: Digest }> {
  const config = 'database password: 1234';
  const entries = [
    liveOf(config, { folder: 'instance', path: 'config.txt' }),
    liveOf('a', { path: 'a.css' }),
  ];
  const answer = await ask(to.port, uploadOf(manifestOf(entries), `${config}a`));
  assert.deepEqual(verdicts(answer), ['written', 'written']);
  return { secretDigest: sha256(config) };
}

const full = ['read', 'write', 'delete'] as const;
const all = { instance: full, templates: full, static: full };

describe('Rights of a peer', () => {
  it('do not let it copy, by the digest alone, a file of a folder that it may not read', async (t) => {
    const to = await serveReceiver(t, { rights: { 'web-1': all, 'web-3': { static: full } } });
    const { secretDigest } = await giveSecrets(to);
    const stolen = { ...liveOf('', { path: 'stolen.txt' }), digest: secretDigest, size: 23 };
    assert.deepEqual(verdicts(await ask(to.port, offerOf([stolen], 'web-3'))), ['want']);
    const own = { ...liveOf('a', { path: 'copy.css' }) };
    assert.deepEqual(verdicts(await ask(to.port, offerOf([own], 'web-3'))), ['copied']);
    assert.deepEqual(verdicts(await ask(to.port, offerOf([stolen], 'web-1'))), ['copied']);
  });

  it('do not let it bring back archived content of another folder', async (t) => {
    const to = await serveReceiver(t, { rights: { 'web-1': all, 'web-3': { static: full } } });
    const { secretDigest } = await giveSecrets(to);
    await ask(to.port, offerOf([tombstoneOf({ folder: 'instance', path: 'config.txt' })], 'web-1'));
    assert.equal(to.replica.index.archive.has(secretDigest), true);
    const stolen = { ...liveOf('', { path: 'stolen.txt' }), digest: secretDigest, size: 23 };
    assert.deepEqual(verdicts(await ask(to.port, offerOf([stolen], 'web-3'))), ['want']);
  });

  it('make a receive-only server of one that may read: it changes nothing here', async (t) => {
    const to = await serveReceiver(t, { rights: { 'web-1': all, 'web-3': { static: ['read'] } } });
    await giveSecrets(to);
    const entries = [liveOf('b', { path: 'a.css' }), tombstoneOf({ path: 'a.css' })];
    for (const entry of entries) {
      assert.deepEqual(verdicts(await ask(to.port, offerOf([entry], 'web-3'))), ['RIGHT_MISSING']);
    }
    const upload = uploadOf(manifestOf([liveOf('b', { path: 'b.css' })], { node: 'web-3' }), 'b', {
      node: 'web-3',
    });
    assert.deepEqual(verdicts(await ask(to.port, upload)), ['RIGHT_MISSING']);
    assert.equal(await content(to, 'static/a.css'), 'a');
    const read = await ask(to.port, {
      ...{ method: 'GET', route: '/content?base_folder=static&path=a.css', node: 'web-3' },
    });
    assert.equal(read.body.toString(), 'a');
  });

  it('do not make a receive-only server repeat for ever what is known here already', async (t) => {
    const to = await serveReceiver(t, { rights: { 'web-1': all, 'web-3': { static: ['read'] } } });
    await giveSecrets(to);
    const known = to.replica.index.get({ folder: 'static', path: liveOf('', { path: 'a.css' }).path })?.entry;
    assert.ok(known?.state === 'live');
    const older = { ...known, version: new Map([['web-1', 1]]), digest: sha256('older') };
    const forged = { ...known, digest: sha256('forged') };
    const newer = { ...known, version: new Map([['web-1', 2_000_000_000]]) };
    const answer = await ask(to.port, offerOf([known], 'web-3'));
    assert.deepEqual(verdicts(answer), ['nothing']);
    for (const [entry, verdict] of [
      [older, 'nothing'],
      [forged, 'RIGHT_MISSING'],
      [newer, 'RIGHT_MISSING'],
      [{ ...older, path: liveOf('', { path: 'unknown.css' }).path }, 'RIGHT_MISSING'],
    ] as const) {
      assert.deepEqual(verdicts(await ask(to.port, offerOf([entry], 'web-3'))), [verdict]);
    }
    assert.equal(to.replica.index.get(known)?.entry.version.get('web-1'), known.version.get('web-1'));
  });

  it('make a send-only server of one that may write and delete: it reads nothing here', async (t) => {
    const to = await serveReceiver(t, { rights: { 'web-1': all, 'web-3': { static: ['write', 'delete'] } } });
    await giveSecrets(to);
    const upload = uploadOf(manifestOf([liveOf('b', { path: 'b.css' })], { node: 'web-3' }), 'b', {
      node: 'web-3',
    });
    assert.deepEqual(verdicts(await ask(to.port, upload)), ['written']);
    assert.deepEqual(verdicts(await ask(to.port, offerOf([tombstoneOf({ path: 'b.css' })], 'web-3'))), [
      'deleted',
    ]);
    const get = (route: string): Promise<PeerAnswer> => ask(to.port, { method: 'GET', route, node: 'web-3' });
    assert.equal((await get('/content?base_folder=static&path=a.css')).json['code'], 'RIGHT_MISSING');
    assert.deepEqual((await get('/index')).json['entries'], []);
  });

  it('without "delete" let it overwrite, which the archive keeps, but not delete nor move', async (t) => {
    const to = await serveReceiver(t, { rights: { 'web-1': all, 'web-3': { static: ['read', 'write'] } } });
    await giveSecrets(to);
    const moved = [liveOf('a', { path: 'moved.css' }), tombstoneOf({ path: 'a.css' })];
    assert.deepEqual(verdicts(await ask(to.port, offerOf(moved, 'web-3'))), ['copied', 'RIGHT_MISSING']);
    assert.equal(await content(to, 'static/a.css'), 'a');
    const over = uploadOf(manifestOf([liveOf('new', { path: 'a.css' })], { node: 'web-3' }), 'new', {
      node: 'web-3',
    });
    assert.deepEqual(verdicts(await ask(to.port, over)), ['written']);
    assert.equal(to.replica.index.archive.has(sha256('a')), true);
  });
});
