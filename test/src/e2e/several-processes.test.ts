import assert from 'node:assert/strict';
import { eventually, fleetTest, freePorts, TestServer } from '../harness/index.js';

fleetTest(
  'of two processes on the same folders one sends and both receive; the other takes over when it is killed',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const [port = 0] = await freePorts(1);
    const env = { LOCKSTEP_SECRET: fleet.secret, LOCKSTEP_PEERS: `bravo=${bravo.url}/sync` };
    const twin = new TestServer({ name: 'alpha', root: alpha.root, port, env });
    await twin.start();
    try {
      assert.deepEqual(
        [(await alpha.status()).state.active, (await twin.status()).state.active],
        [true, false],
      );
      await alpha.files.write('static/before.txt', 'before');
      await fleet.settled();
      assert.equal((await alpha.status()).operations.upload.ok, 1);

      await alpha.kill();
      await alpha.files.write('static/after.txt', 'after');
      await eventually(async () => (await bravo.files.find('static/after.txt')) === 'after');
      assert.equal((await twin.status()).state.active, true);
    } finally {
      await twin.stop();
    }
  },
);
