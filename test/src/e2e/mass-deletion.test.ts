import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { eventually, fleetTest } from '../harness/index.js';

fleetTest(
  'a vanished folder is shown as such and deletes nothing elsewhere; when it is back, all is well',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    for (let i = 0; i < 40; i++) await alpha.files.write(`static/site/${i}.css`, `rule ${i}`);
    await fleet.settled();
    await rename(alpha.files.at('static'), alpha.files.at('static-moved-away'));
    await eventually(async () => {
      const { state } = await alpha.status();
      return state.text === 'Folder static is missing' || `the headline is ${state.text}`;
    });
    await bravo.files.write('instance/meanwhile.txt', 'the other folders go on');
    await eventually(() => alpha.files.exists('instance/meanwhile.txt'));
    assert.equal((await bravo.files.tree()).size, 41);
    await rename(alpha.files.at('static-moved-away'), alpha.files.at('static'));
    await fleet.settled(30_000);
    assert.equal((await alpha.files.tree()).size, 41);
  },
);

fleetTest(
  'deleting most of a folder at once is held until a person releases it',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    for (let i = 0; i < 60; i++) await alpha.files.write(`static/site/${i}.css`, `rule ${i}`);
    await fleet.settled();
    for (let i = 0; i < 50; i++) await alpha.files.remove(`static/site/${i}.css`);
    const hold = await eventually(async () => (await alpha.status()).holds[0] ?? 'nothing is held');
    assert.equal(hold.reason, 'mass-deletion');
    assert.ok((await bravo.files.tree()).size > 30);
    const page = await (await fetch(`${alpha.url}/sync-monitor`)).text();
    const [, token = ''] = /name="[^"]*token[^"]*"\s+content="([^"]+)"/.exec(page) ?? [];
    const released = await fetch(`${alpha.url}/sync-monitor/api/holds/${hold.id}/release`, {
      method: 'POST',
      headers: { 'x-lockstep-token': token, origin: alpha.url },
    });
    assert.ok(released.ok, await released.text());
    await eventually(async () => (await bravo.files.tree()).size === 10, 30_000);
    await fleet.settled();
  },
);
