import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { eventually, fleetTest } from '../harness/index.js';

fleetTest(
  'a folder that goes missing is named at once, without a line per file; what peers changed meanwhile arrives when it is back',
  { servers: 2 },
  async (fleet) => {
    const [alpha, bravo] = [fleet.at(0), fleet.at(1)];
    for (let i = 0; i < 30; i++) await alpha.files.write(`static/page/${i}.html`, `page ${i}`);
    await fleet.settled();
    const away = `${alpha.root}/static-away`;
    await rename(alpha.files.at('static'), away);
    const { state } = await eventually(async () => {
      const status = await alpha.status();
      return status.state.word === 'missing' ? status : `the headline is ${status.state.text}`;
    });
    assert.equal(state.text, 'Folder static is missing');
    assert.match(state.detail, /deletions are held: 30 files stay on the peers/);
    await alpha.logs(/A folder is missing; its deletions are held until it is back/);
    await bravo.files.write('static/page/1.html', 'page 1, changed on bravo');
    await bravo.files.write('static/page/new.html', 'new on bravo');
    await alpha.files.write('templates/goes-on.html', 'the other folders go on');
    await eventually(() => bravo.files.exists('templates/goes-on.html'));
    await eventually(async () => {
      const [peer] = (await bravo.status()).peers;
      return (peer?.deferred ?? []).some(({ code }) => code === 'ROOT_MISSING') || 'bravo defers nothing';
    });
    assert.deepEqual((await alpha.status()).problems, []);
    assert.equal((await bravo.files.tree()).size, 32);
    await rename(away, alpha.files.at('static'));
    await fleet.settled(90_000);
    assert.equal(await alpha.files.read('static/page/1.html'), 'page 1, changed on bravo');
    assert.equal(await alpha.files.read('static/page/new.html'), 'new on bravo');
    const after = await alpha.status();
    assert.deepEqual([after.state.word, after.holds], ['in-step', []]);
  },
);
