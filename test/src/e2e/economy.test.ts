import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, fleetTest, type Fleet } from '../harness/index.js';

const quietMs = 3000;

/** What would grow if changes went round in circles. */
async function traffic(fleet: Fleet): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const server of fleet.servers) {
    const { bytes, index, operations, received } = await server.status();
    counts[`${server.name} sequence`] = index.sequence;
    counts[`${server.name} bytes sent`] = bytes.sent;
    counts[`${server.name} bytes received`] = bytes.received;
    counts[`${server.name} operations`] =
      operations.upload.total + operations.delete.total + operations.move.total;
    counts[`${server.name} received`] = received.total;
  }
  return counts;
}

fleetTest('when all have everything, nothing more travels', { servers: 3 }, async (fleet) => {
  const { files } = fleet.at(0);
  for (let i = 0; i < 30; i++) await files.write(`static/calm/${i}.txt`, `${i}`);
  await fleet.settled();
  for (let i = 0; i < 10; i++) await files.remove(`static/calm/${i}.txt`);
  await fleet.at(1).files.write('static/calm/20.txt', 'changed by bravo');
  await fleet.settled();
  await offersAreOver(fleet);
  const before = await traffic(fleet);
  await delay(quietMs); // the absence of traffic can only be seen over a time
  assert.deepEqual(await traffic(fleet), before);
});

fleetTest('a third server is not sent the same content twice', { servers: 3 }, async (fleet) => {
  const size = 400_000;
  const count = 20;
  for (let i = 0; i < count; i++) {
    await fleet.at(0).files.write(`static/once/${i}.bin`, new Uint8Array(size).fill(i));
  }
  await fleet.settled();
  await offersAreOver(fleet);
  const { bytes } = await fleet.at(2).status();
  assert.ok(bytes.received >= size * count, `only ${bytes.received} bytes were counted`);
  assert.ok(bytes.received < size * count * 1.05, `${bytes.received} bytes arrived for ${size * count}`);
});

fleetTest(
  'a renamed file and a renamed folder are renamed on all, and no content bytes travel for them',
  { servers: 3 },
  async (fleet) => {
    const { files } = fleet.at(0);
    for (let i = 0; i < 20; i++) await files.write(`static/old-place/sub/${i}.bin`, `${i}`.repeat(50_000));
    await files.write('static/old-name.txt', 'renamed'.repeat(20_000));
    await fleet.settled();
    const before = (await fleet.at(0).status()).bytes.sent;
    await files.move('static/old-place', 'static/new-place');
    await files.move('static/old-name.txt', 'static/new-name.txt');
    await eventually(async () => !(await fleet.at(2).files.exists('static/old-name.txt')));
    await eventually(() => fleet.at(1).files.exists('static/new-name.txt'));
    await fleet.settled();
    assert.equal(await fleet.at(2).files.exists('static/old-place/sub'), false);
    const sent = (await fleet.at(0).status()).bytes.sent - before;
    assert.ok(sent < 50_000, `${sent} bytes were sent for 2.1 MB of renamed content`);
  },
);

/** What a peer taught is offered to the others after two seconds: wait until that has happened. */
async function offersAreOver(fleet: Fleet): Promise<void> {
  let last = '';
  await eventually(async () => {
    await delay(2500);
    const now = JSON.stringify(await traffic(fleet));
    const same = now === last;
    last = now;
    return same;
  }, 30_000);
}
