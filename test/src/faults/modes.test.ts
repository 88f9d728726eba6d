import assert from 'node:assert/strict';
import { chmod, chown, stat } from 'node:fs/promises';
import { eventually, fleetTest, tunedScript, type TestServer } from '../harness/index.js';

const ordinaryUser = process.getuid?.() === 0 ? 65_534 : undefined;

async function modeOf(server: TestServer, path: string): Promise<string> {
  return ((await stat(server.files.at(path))).mode & 0o7777).toString(8);
}

fleetTest(
  'files arrive with the mode of their origin under the mask of the receiver, owned by its user',
  {
    servers: 2,
    user: ordinaryUser,
    script: tunedScript,
    env: (name) => (name === 'bravo' ? { TUNED_MODE_MASK: String(0o755) } : {}),
  },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    const file = 'static/tool.sh';
    await alpha.files.write(file, 'echo');
    await chmod(alpha.files.at(file), 0o777);
    await eventually(async () => (await modeOf(bravo, file).catch(() => '')) === '755');
    await chmod(alpha.files.at(file), 0o4770);
    await eventually(async () => (await modeOf(bravo, file)) === '750');
    const { uid, gid } = await stat(bravo.files.at(file));
    const own = await stat(bravo.files.at('static'));
    assert.deepEqual([uid, gid], [own.uid, own.gid]);
    // An edit under the mask leaves the origin's mode alone, and a change of mode made there travels.
    await bravo.files.write(file, 'echo edited on bravo');
    await eventually(async () => (await alpha.files.find(file)) === 'echo edited on bravo');
    assert.equal(await modeOf(alpha, file), '770');
    await chmod(bravo.files.at(file), 0o700);
    await eventually(async () => (await modeOf(alpha, file)) === '700');
    for (const server of fleet.servers) assert.equal((await server.status()).conflicts.count, 0);
  },
);

fleetTest(
  'a file of another user that may be read is sent, and one that may be replaced is replaced',
  { servers: 2, user: ordinaryUser },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    await alpha.files.write('instance/foreign.txt', 'of another user');
    if (ordinaryUser !== undefined) await chown(alpha.files.at('instance/foreign.txt'), 0, 0);
    await fleet.settled();
    await bravo.files.write('instance/foreign.txt', 'edited on bravo');
    await eventually(async () => (await alpha.files.find('instance/foreign.txt')) === 'edited on bravo');
    const own = await stat(alpha.files.at('instance'));
    assert.equal((await stat(alpha.files.at('instance/foreign.txt'))).uid, own.uid);
  },
);
