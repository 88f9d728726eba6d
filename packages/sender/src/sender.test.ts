import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Log, Replica } from '@lockstep/core';
import { openReplica } from '@lockstep/core/node';
import type { SenderOptions } from './options.js';
import { createSender, type Sender } from './sender.js';
import { eventually } from './testing/eventually.js';
import { startPeerServer, type PeerServer } from './testing/peer-server.js';

const secret = 'a secret that every server of this test shares';

interface Server {
  readonly replica: Replica;
  readonly sender: Sender;
  readonly lines: string[];
  readonly at: (path: string) => string;
  readonly write: (path: string, content: string) => void;
}

async function start(
  t: TestContext,
  peers: readonly { readonly url: string }[],
  { prepare, sender: options }: { prepare?: (root: string) => void; sender?: Partial<SenderOptions> } = {},
): Promise<Server> {
  const root = mkdtempSync(join(tmpdir(), 'lockstep-sender-'));
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const log: Log = { debug: write, info: write, warn: write, error: write };
  for (const folder of ['instance', 'templates', 'static']) mkdirSync(join(root, folder));
  prepare?.(root);
  const replica = await openReplica({ root, name: 'alpha', durability: 'os', log });
  const sender = createSender({ replica, secret, peers: peers.map(({ url }) => ({ url })), log, ...options });
  t.after(async () => {
    await sender.close();
    await replica.close();
    rmSync(root, { recursive: true, force: true });
  });
  await sender.start();
  const at = (path: string): string => join(root, path);
  return {
    replica,
    sender,
    lines,
    at,
    write(path, content) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content);
    },
  };
}

async function listen(t: TestContext, name = 'bravo', port?: number): Promise<PeerServer> {
  const peer = await startPeerServer({ name, secret, ...(port !== undefined && { port }) });
  t.after(() => peer.close());
  return peer;
}

const has = (peer: PeerServer, path: string): string | null | undefined => {
  const [folder = '', ...rest] = path.split('/');
  const content = peer.files.get(`${folder}\0${rest.join('/')}`);
  return content === null ? null : content?.toString();
};

async function arrives(peer: PeerServer, path: string, content: string | null): Promise<void> {
  await eventually(
    () => has(peer, path) === content,
    () => `${path} is ${JSON.stringify(has(peer, path))} instead of ${JSON.stringify(content)}`,
  );
}

describe('A sender', () => {
  it('delivers what is created, changed, renamed and deleted', async (t) => {
    const peer = await listen(t);
    const { write, at } = await start(t, [peer]);
    write('static/css/page.css', 'a{}');
    await arrives(peer, 'static/css/page.css', 'a{}');
    write('static/css/page.css', 'b{}');
    await arrives(peer, 'static/css/page.css', 'b{}');
    renameSync(at('static/css/page.css'), at('static/css/other.css'));
    await arrives(peer, 'static/css/other.css', 'b{}');
    await arrives(peer, 'static/css/page.css', null);
    rmSync(at('static/css'), { recursive: true });
    await arrives(peer, 'static/css/other.css', null);
  });

  it('delivers what was there before it started', async (t) => {
    const peer = await listen(t);
    await start(t, [peer], { prepare: (root) => writeFileSync(join(root, 'instance/old.txt'), 'old') });
    await arrives(peer, 'instance/old.txt', 'old');
  });

  it('writes the operators’ lines', async (t) => {
    const peer = await listen(t);
    const { write, lines, at } = await start(t, [peer]);
    write('instance/uploads/a.txt', 'a');
    await arrives(peer, 'instance/uploads/a.txt', 'a');
    write('instance/app.db', 'left out');
    await eventually(
      () => lines.some((line) => line.endsWith('app.db')),
      () => 'the skip is not logged',
    );
    rmSync(at('instance/uploads/a.txt'));
    await arrives(peer, 'instance/uploads/a.txt', null);
    await eventually(
      () => lines.some((line) => line.includes('deleted for')),
      () => 'the deletion is not logged',
    );
    for (const line of [
      'Peer bravo is reachable',
      'File should be synced: uploads/a.txt',
      'Uploading file a.txt to bravo (base_folder: instance)',
      'Successfully synced modified for uploads/a.txt to bravo',
      'Skipping file due to excluded extension: app.db',
      'Successfully synced deleted for uploads/a.txt to bravo',
    ]) {
      assert.equal(lines.filter((each) => each === line).length, line.startsWith('File') ? 2 : 1, line);
    }
  });

  it('reads a file once, however many peers there are', async (t) => {
    const peers = [await listen(t, 'bravo'), await listen(t, 'charlie')];
    const { write } = await start(t, peers);
    write('static/a.txt', 'a');
    await Promise.all(peers.map((peer) => arrives(peer, 'static/a.txt', 'a')));
  });

  it('keeps no content in memory once every peer has it, but as long as one has not', async (t) => {
    const [bravo, charlie] = [await listen(t), await listen(t, 'charlie')];
    const alpha = await start(t, [bravo, charlie]);
    const release = t.mock.method(alpha.replica, 'releaseContents');
    alpha.write('static/a.css', 'a');
    await Promise.all([bravo, charlie].map((peer) => arrives(peer, 'static/a.css', 'a')));
    await eventually(
      () => release.mock.callCount() > 0,
      () => 'they are kept',
    );
    await charlie.close();
    alpha.write('static/b.css', 'b');
    await arrives(bravo, 'static/b.css', 'b');
    const before = release.mock.callCount();
    alpha.write('static/c.css', 'c');
    await arrives(bravo, 'static/c.css', 'c');
    assert.equal(release.mock.callCount(), before);
  });

  it('does not wait for a peer that is down, and serves it when it is up', async (t) => {
    const up = await listen(t, 'bravo');
    const down = await listen(t, 'charlie');
    const port = Number(new URL(down.url).port);
    const { url } = down;
    await down.close();
    const { write, sender } = await start(t, [up, { url }]);
    write('static/a.txt', 'a');
    await arrives(up, 'static/a.txt', 'a');
    assert.equal(sender.status().peers[1]?.state, 'unreachable');
    const back = await listen(t, 'charlie', port);
    await arrives(back, 'static/a.txt', 'a');
    await eventually(
      () => sender.status().peers[1]?.state === 'up',
      () => 'it is not shown as up',
    );
  });

  it('follows new rules in .syncignore without deleting anything at the peers', async (t) => {
    const peer = await listen(t);
    const { write, sender } = await start(t, [peer]);
    write('static/notes.txt', 'one');
    await arrives(peer, 'static/notes.txt', 'one');
    write('static/.syncignore', 'notes.txt\n');
    await arrives(peer, 'static/.syncignore', 'notes.txt\n');
    write('static/notes.txt', 'two');
    const isSkipped = (): boolean => sender.status().skipped.list.some(({ path }) => path === 'notes.txt');
    await eventually(isSkipped, () => 'it is not left out');
    await sender.flush({ timeoutMs: 20_000 });
    assert.equal(has(peer, 'static/notes.txt'), 'one');
    write('static/.syncignore', '# nothing\n');
    await arrives(peer, 'static/notes.txt', 'two');
  });

  it('goes on when a folder is deleted and made anew', async (t) => {
    const peer = await listen(t);
    const { write, at } = await start(t, [peer]);
    write('static/a.txt', 'a');
    await arrives(peer, 'static/a.txt', 'a');
    rmSync(at('static'), { recursive: true });
    mkdirSync(at('static'));
    write('static/b.txt', 'b');
    await arrives(peer, 'static/b.txt', 'b');
  });

  it('flushes: when it resolves, the peers have everything', async (t) => {
    const peer = await listen(t);
    const { write, sender } = await start(t, [peer]);
    for (let at = 0; at < 50; at += 1) write(`static/f${at}.txt`, `${at}`);
    const { peers } = await sender.flush({ peers: 'all', timeoutMs: 20_000 });
    assert.deepEqual(peers, ['bravo']);
    for (let at = 0; at < 50; at += 1) assert.equal(has(peer, `static/f${at}.txt`), `${at}`);
  });

  it('flushes what was written into a directory before that is watched', async (t) => {
    const peer = await listen(t);
    const { write, at, sender } = await start(t, [peer]);
    for (let turn = 0; turn < 30; turn += 1) {
      mkdirSync(at(`instance/uploads${turn}`));
      await new Promise((resolve) => setTimeout(resolve, turn));
      write(`instance/uploads${turn}/file.txt`, `${turn}`);
      await sender.flush({ timeoutMs: 20_000 });
      assert.equal(has(peer, `instance/uploads${turn}/file.txt`), `${turn}`);
    }
  });

  it('flushes what no event tells of', async (t) => {
    const peer = await listen(t);
    const { write, sender } = await start(t, [peer], { sender: { usePolling: true } });
    write('static/page.css', 'a{}');
    await sender.flush({ timeoutMs: 20_000 });
    assert.equal(has(peer, 'static/page.css'), 'a{}');
  });

  it('puts the files of a hold back from a peer', async (t) => {
    const peer = await listen(t);
    const { write, sender, replica, at } = await start(t, [peer]);
    for (let file = 0; file < 30; file += 1) write(`static/f${file}.txt`, `content ${file}`);
    await arrives(peer, 'static/f29.txt', 'content 29');
    await sender.flush({ timeoutMs: 20_000 });
    for (let file = 0; file < 30; file += 1) rmSync(at(`static/f${file}.txt`));
    await eventually(
      () => replica.index.holds.list().length > 0,
      () => 'nothing is held',
    );
    await eventually(
      () => replica.index.holds.list()[0]?.paths.length === 30,
      () => 'not everything is held',
    );
    const [hold] = replica.index.holds.list();
    const restored = await sender.restoreHold(hold?.id ?? 0);
    assert.deepEqual(restored, { restored: 30, failed: [] });
    assert.equal(readFileSync(at('static/f7.txt'), 'utf8'), 'content 7');
    await assert.rejects(sender.restoreHold(999), { code: 'NOT_FOUND' });
  });

  it('fetches a file that only a peer has', async (t) => {
    const peer = await listen(t);
    const { write, sender, at } = await start(t, [peer]);
    write('static/a.txt', 'content');
    await arrives(peer, 'static/a.txt', 'content');
    chmodSync(at('static/a.txt'), 0o644);
    const content = await sender.fetch({ folder: 'static', path: 'a.txt' as never });
    const parts: Uint8Array[] = [];
    for await (const part of content?.bytes ?? []) parts.push(part);
    assert.equal(Buffer.concat(parts).toString(), 'content');
    assert.equal(await sender.fetch({ folder: 'static', path: 'nowhere.txt' as never }), null);
  });

  it('says what it does', async (t) => {
    const peer = await listen(t);
    const { write, sender } = await start(t, [peer]);
    await sender.rescan(); // what a new index finds is no change, and has no latency
    write('static/a.txt', 'content');
    await sender.flush({ timeoutMs: 20_000 });
    const status = sender.status();
    assert.equal(status.active, true);
    assert.equal(status.watching.mode, 'events');
    assert.deepEqual(
      status.watching.folders.map(({ folder }) => folder),
      ['instance', 'templates', 'static'],
    );
    assert.equal(status.totals.upload.ok, 1);
    const [bravo] = status.peers;
    assert.equal(bravo?.name, 'bravo');
    assert.equal(bravo?.state, 'up');
    assert.equal(bravo?.lagChanges, 0);
    assert.equal(bravo?.sent.bytes, 7);
    assert.ok((status.latency.p50 ?? -1) >= 0);
    JSON.stringify(status);
  });

  it('sends nothing while it is paused, and everything when it is resumed', async (t) => {
    const peer = await listen(t);
    const { write, sender } = await start(t, [peer]);
    await eventually(
      () => sender.status().peers[0]?.state === 'up',
      () => 'no peer',
    );
    sender.pause();
    write('static/a.txt', 'a');
    await eventually(
      () => sender.status().peers[0]?.lagChanges === 1,
      () => 'nothing was observed',
    );
    assert.equal(has(peer, 'static/a.txt'), undefined);
    sender.resume();
    await arrives(peer, 'static/a.txt', 'a');
  });

  it('finds changes by listing when events are not wanted', async (t) => {
    const peer = await listen(t);
    const root = mkdtempSync(join(tmpdir(), 'lockstep-poll-'));
    const replica = await openReplica({ root, name: 'alpha', durability: 'os' });
    const sender = createSender({ replica, secret, peers: peer.url, usePolling: true });
    t.after(async () => {
      await sender.close();
      await replica.close();
      rmSync(root, { recursive: true, force: true });
    });
    await sender.start();
    writeFileSync(join(root, 'static/a.txt'), 'a');
    await arrives(peer, 'static/a.txt', 'a');
    assert.equal(sender.status().watching.mode, 'polling');
  });
});
