import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { eventually, faultTest, tunedScript, type Fault, type TestServer } from '../harness/index.js';

/** Only what carries changes is broken; the hello goes through, so that the peer looks well. */
const ofDelivery = (fault: Fault) => (request: { path: string }) =>
  /\/(?:upload|offer|delete)\b/.test(request.path) ? fault : null;

/** Plays a fault for the first `count` deliveries, then none. */
function firstDeliveries(count: number, fault: Fault) {
  let left = count;
  return (request: { path: string }): Fault | null => {
    const chosen = left > 0 ? ofDelivery(fault)(request) : null;
    if (chosen !== null) left -= 1;
    return chosen;
  };
}

/** What the page of this server says about its other peer. */
async function peerOf(server: TestServer, name: string) {
  const { peers } = await server.status();
  return peers.find((peer) => peer.name === name);
}

async function pageSays(server: TestServer, name: string, code: string): Promise<void> {
  await eventually(async () => {
    const peer = await peerOf(server, name);
    return (peer?.code === code && peer.message !== null) || `the page says ${JSON.stringify(peer)}`;
  });
}

faultTest(
  'answers of 429, 500, 502, 503 and 507 are waited out as Retry-After says, shown, and cost nothing',
  { servers: 2 },
  async ({ fleet, link }) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await fleet.settled();
    for (const status of [429, 500, 502, 503, 507]) {
      link(1).choose = firstDeliveries(1, { do: 'answer', status, retryAfter: 1 });
      const startedMs = performance.now();
      await alpha.files.write(`instance/${status}.txt`, `through ${status}`);
      await eventually(() => bravo.files.exists(`instance/${status}.txt`));
      const tookMs = performance.now() - startedMs;
      assert.ok(tookMs >= 990, `${status}: sent again after ${tookMs} ms although asked to wait 1 s`);
    }
    assert.equal(link(1).count('answer'), 5);
    link(1).choose = () => ({ do: 'answer', status: 503 });
    await alpha.files.write('instance/last.txt', 'last');
    await pageSays(alpha, 'bravo', 'PEER_UNREACHABLE');
    await alpha.logs(/answers 503/);
    link(1).heal();
    await fleet.settled();
    assert.equal(await bravo.files.read('instance/last.txt'), 'last');
  },
);

faultTest(
  'a connection reset after the change was applied, and an answer cut in half, lose nothing and apply nothing twice',
  { servers: 2 },
  async ({ fleet, link }) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await fleet.settled();
    for (const fault of [{ do: 'lose-answer' }, { do: 'truncate-answer' }] as const) {
      const path = `instance/${fault.do}.txt`;
      link(1).choose = firstDeliveries(2, fault);
      await alpha.files.write(path, 'first');
      await eventually(async () => (await bravo.files.find(path)) === 'first');
      await bravo.files.write(path, 'and then edited on bravo'); // alpha does not know yet that bravo had the first
      await eventually(async () => (await alpha.files.find(path)) === 'and then edited on bravo');
      link(1).heal();
      await fleet.settled();
      assert.equal(await bravo.files.read(path), 'and then edited on bravo');
      assert.ok(link(1).count(fault.do) > 0);
    }
    await alpha.files.remove('instance/lose-answer.txt');
    link(1).choose = firstDeliveries(2, { do: 'lose-answer' });
    await fleet.settled();
    assert.deepEqual([...(await bravo.files.tree()).keys()], ['instance/truncate-answer.txt']);
    for (const server of fleet.servers) assert.equal((await server.status()).conflicts.count, 0);
  },
);

faultTest(
  'an old request that arrives after a newer one changes nothing',
  { servers: 2 },
  async ({ fleet, link }) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await alpha.files.write('instance/note.txt', 'zero');
    await alpha.files.write('instance/gone.txt', 'soon gone');
    await fleet.settled();
    link(1).choose = firstDeliveries(1, { do: 'keep' });
    await alpha.files.write('instance/note.txt', 'old');
    await alpha.files.write('instance/gone.txt', 'rewritten before it goes');
    await eventually(() => link(1).count('keep') === 1);
    await alpha.files.write('instance/note.txt', 'new');
    await alpha.files.remove('instance/gone.txt');
    await eventually(async () => (await bravo.files.find('instance/note.txt')) === 'new');
    await fleet.settled();
    const codes = await link(1).deliverLate();
    assert.deepEqual(codes, [200], 'the old request is genuine, so it is answered');
    await fleet.settled();
    assert.equal(await bravo.files.read('instance/note.txt'), 'new');
    assert.equal(await alpha.files.read('instance/note.txt'), 'new');
    assert.equal(await bravo.files.exists('instance/gone.txt'), false);
  },
);

faultTest(
  'uploads cut in the middle begin again; a slow link passes everything; a large file arrives whole',
  { servers: 2 },
  async ({ fleet, link }) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await fleet.settled();
    const large = randomBytes(6 * 1024 * 1024);
    link(1).choose = firstDeliveries(4, { do: 'cut-request', afterBytes: 300_000 });
    await alpha.files.write('static/large.bin', large);
    for (let i = 0; i < 40; i++) await alpha.files.write(`static/page/${i}.html`, 'x'.repeat(20_000) + i);
    await fleet.settled(40_000);
    assert.ok(link(1).count('cut-request') > 0);
    link(1).choose = ofDelivery({ do: 'trickle', pieceBytes: 4_096, restMs: 5 });
    await alpha.files.write('static/slow.bin', large.subarray(0, 500_000));
    await fleet.settled(40_000);
    assert.ok(link(1).count('trickle') > 0);
    assert.equal((await bravo.files.tree()).size, 42);
  },
);

faultTest(
  'a cut link delays one peer only, is named on the page and in the log, and heals without a restart',
  { servers: 3 },
  async ({ fleet, link }) => {
    const [alpha, bravo, charlie] = [fleet.at(0), fleet.at(1), fleet.at(2)];
    await alpha.files.write('instance/goes.txt', 'goes');
    await fleet.settled();
    link(2).cut(); // nobody reaches charlie; charlie reaches everybody
    await alpha.files.write('instance/during.txt', 'during');
    await alpha.files.remove('instance/goes.txt');
    await charlie.files.write('instance/from-charlie.txt', 'still heard');
    await eventually(() => bravo.files.exists('instance/during.txt'));
    await eventually(async () => (await alpha.files.find('instance/from-charlie.txt')) === 'still heard');
    await pageSays(alpha, 'charlie', 'PEER_UNREACHABLE');
    await alpha.logs(/charlie/);
    assert.equal(await charlie.files.exists('instance/during.txt'), false);
    const pids = fleet.servers.map(({ pid }) => pid);
    link(2).heal();
    await fleet.settled(40_000);
    assert.equal(await charlie.files.exists('instance/goes.txt'), false);
    assert.deepEqual(
      fleet.servers.map(({ pid }) => pid),
      pids,
    );
  },
);

faultTest(
  'a half-open link, on which requests disappear, is given up after the timeout and named',
  { servers: 2, script: tunedScript, env: () => ({ TUNED_REQUEST_TIMEOUT_MS: '1000' }) },
  async ({ fleet, link }) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await fleet.settled();
    link(1).choose = () => ({ do: 'hang' });
    for (let i = 0; i < 30; i++) await alpha.files.write(`instance/${i}.txt`, `${i}`);
    await pageSays(alpha, 'bravo', 'PEER_TIMEOUT');
    await bravo.files.write('instance/back.txt', 'the other way works');
    await eventually(() => alpha.files.exists('instance/back.txt'));
    link(1).heal();
    await fleet.settled();
    assert.equal((await bravo.files.tree()).size, 31);
  },
);
