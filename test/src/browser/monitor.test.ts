import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startFleet, type Fleet, type TestServer } from '../harness/index.js';
import { axeViolations, openPage, startBrowser } from './browser.js';

let fleet: Fleet;
let browser: Browser;
let alpha: TestServer;
let bravo: TestServer;

before(async () => {
  [fleet, browser] = await Promise.all([startFleet(2), startBrowser()]);
  [alpha, bravo] = [fleet.at(0), fleet.at(1)];
  await fleet.settled();
});
after(async () => {
  await browser?.close();
  await fleet?.close();
});

/** Opens alpha's monitor, waits until it is live, and lets nothing pass that the console complains of. */
async function onMonitor(
  look: (page: Page) => Promise<void>,
  options: BrowserContextOptions & { readonly mayComplain?: boolean } = {},
): Promise<void> {
  const { page, complaints } = await openPage(browser, options);
  page.setDefaultTimeout(15_000);
  await page.goto(`${alpha.url}/sync-monitor`);
  if (options.javaScriptEnabled !== false) await live(page);
  await look(page);
  if (options.mayComplain !== true) assert.deepEqual(complaints, []);
  await page.context().close();
}

const live = (page: Page) => page.waitForSelector('#live[data-live="on"]');
const headline = (page: Page, text: string) => page.getByRole('heading', { level: 1, name: text }).waitFor();
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();

describe('the monitor in a browser', () => {
  it('shows a change and its way to the peer without reloading', async () => {
    await onMonitor(async (page) => {
      await page.evaluate('window.notReloaded = true');
      await alpha.files.write('static/css/fresh.css', 'body { color: teal }');
      await page
        .locator('#activity-rows tr', { hasText: 'Sent' })
        .filter({ hasText: 'static/css/fresh.css' })
        .waitFor();
      await headline(page, 'In step');
      assert.equal(await page.evaluate('window.notReloaded'), true);
    });
  });

  it('counts files up while it is looked at', async () => {
    await onMonitor(async (page) => {
      const files = page.locator('.figure', { hasText: 'Files' }).locator('.figure-value');
      const count = Number((await files.textContent())?.replaceAll(',', ''));
      for (let number = 0; number < 3; number += 1)
        await alpha.files.write(`instance/counted-${number}.txt`, `counted ${number}`);
      await files.getByText((count + 3).toLocaleString('en'), { exact: true }).waitFor();
    });
  });

  it('pauses and resumes sending', async () => {
    await onMonitor(async (page) => {
      await press(page, 'Pause sending');
      await headline(page, 'Paused');
      await page.getByText('Paused. Changes are recorded and wait.').waitFor();
      await alpha.files.write('instance/waits.txt', 'until resumed');
      await page.locator('.peer', { hasText: 'bravo' }).getByText('1 change', { exact: false }).waitFor();
      assert.equal(await bravo.files.find('instance/waits.txt'), null);
      await press(page, 'Resume sending');
      await headline(page, 'In step');
      assert.equal(await bravo.files.read('instance/waits.txt'), 'until resumed');
    });
  });

  it('scans and retries on demand and says so', async () => {
    await onMonitor(async (page) => {
      await press(page, 'Rescan folders');
      await page.getByText('All folders were compared with the index.').waitFor();
      await press(page, 'Retry now');
      await page.getByText('Everything that waits is tried now.').waitFor();
    });
  });

  it('brings a deleted file back on every server', async () => {
    await onMonitor(async (page) => {
      await alpha.files.write('templates/precious.ejs', 'once written');
      await fleet.settled();
      await alpha.files.remove('templates/precious.ejs');
      await fleet.settled();
      await bravo.files.exists('templates/precious.ejs').then((exists) => assert.equal(exists, false));
      await page.goto(`${bravo.url}/sync-monitor`);
      await press(page, /Restore templates\/precious\.ejs/);
      await page.getByText('Restored templates/precious.ejs on every server.').waitFor();
      await fleet.settled();
      assert.equal(await alpha.files.read('templates/precious.ejs'), 'once written');
    });
  });

  it('explains held deletions, and restores the files from the peers', async () => {
    const paths = Array.from({ length: 60 }, (_, number) => `static/catalogue/item-${number}.txt`);
    for (const path of paths) await alpha.files.write(path, path);
    await fleet.settled();
    await onMonitor(async (page) => {
      await alpha.files.remove('static/catalogue');
      await headline(page, 'Held: deletions wait for you');
      await page.getByRole('heading', { name: '60 files of static would be deleted' }).waitFor();
      await press(page, 'Restore from peers');
      await page.getByText('Restored 60 files from peers.').waitFor();
      await headline(page, 'In step');
      assert.equal(await alpha.files.read(paths[7] ?? ''), paths[7]);
    });
  });

  it('releases held deletions only after asking', async () => {
    await onMonitor(async (page) => {
      await alpha.files.remove('static/catalogue');
      await headline(page, 'Held: deletions wait for you');
      assert.equal(await page.getByRole('button', { name: /Delete 60 files/ }).isVisible(), false);
      await page.getByText('Release…').click();
      await press(page, 'Delete 60 files on every server');
      await headline(page, 'In step');
      await fleet.settled();
      assert.equal(await bravo.files.exists('static/catalogue/item-7.txt'), false);
    });
  });

  it('shows a name that is markup as the name it is', async () => {
    const name = '<img src=x onerror="window.attacked = true">.txt';
    await alpha.files.write(`static/${name}`, 'harmless');
    await onMonitor(async (page) => {
      await page.locator('#activity-rows').getByText(`static/${name}`).first().waitFor();
      assert.equal(await page.evaluate('window.attacked'), undefined);
      assert.equal(await page.locator('img').count(), 0);
    });
  });

  it('tells which servers have a file', async () => {
    await alpha.files.write('instance/everywhere.txt', 'here and there');
    await fleet.settled();
    await onMonitor(async (page) => {
      await page.getByLabel('Path begins with').fill('everywhere');
      await press(page, 'Find');
      const row = page.locator('#files-rows tr', { hasText: 'instance/everywhere.txt' });
      await row.getByText('alpha: has it').waitFor();
      await row.getByText('bravo: has it').waitFor();
    });
  });

  it('narrows the history down and goes on following it', async () => {
    await onMonitor(async (page) => {
      await page.getByLabel('Kind of activity').selectOption('Sent');
      await page.getByLabel('File, peer or message contains').fill('narrow');
      await press(page, 'Filter');
      await page.getByText('Nothing in the history matches the filter.').waitFor();
      // Saved whole, as editors do: a write met half-way is rightly told twice.
      await alpha.files.write('instance/narrowed.txt.tmp', 'wanted');
      await alpha.files.move('instance/narrowed.txt.tmp', 'instance/narrowed.txt');
      await alpha.files.write('instance/other.txt', 'not wanted');
      await page.locator('#activity-rows tr', { hasText: 'instance/narrowed.txt' }).waitFor();
      assert.equal(await page.locator('#activity-rows tr').count(), 1);
    });
  });

  it('goes back in the history and keeps what it loaded', async () => {
    for (let number = 0; number < 110; number += 1)
      await alpha.files.write(`instance/old-${number}.txt`, `old ${number}`);
    await fleet.settled();
    await onMonitor(async (page) => {
      const rows = page.locator('#activity-rows tr');
      assert.equal(await rows.count(), 50);
      await page.getByRole('link', { name: 'Older' }).click();
      await rows.nth(99).waitFor();
      assert.equal(await rows.count(), 100);
      await alpha.files.write('instance/newest.txt', 'newest');
      await rows.filter({ hasText: 'instance/newest.txt' }).first().waitFor();
      assert.ok((await rows.count()) > 100);
    });
  });

  it('works without JavaScript: numbers, searches and buttons', async () => {
    await onMonitor(
      async (page) => {
        await headline(page, 'In step');
        await press(page, 'Pause sending');
        await headline(page, 'Paused');
        await press(page, 'Resume sending');
        await page.getByRole('button', { name: 'Pause sending' }).waitFor();
        await page.getByLabel('Path begins with').fill('everywhere');
        await press(page, 'Find');
        await page.getByText('instance/everywhere.txt').first().waitFor();
      },
      { javaScriptEnabled: false },
    );
  });

  it('says that a peer is lost, and when it is back', async () => {
    await onMonitor(async (page) => {
      await bravo.kill();
      await alpha.files.write('instance/meanwhile.txt', 'while bravo was away');
      await headline(page, '1 of 1 peer unreachable');
      await page.locator('.peer', { hasText: 'bravo' }).getByText('Unreachable').waitFor();
      await bravo.start();
      await headline(page, 'In step');
      assert.equal(await bravo.files.read('instance/meanwhile.txt'), 'while bravo was away');
    });
  });

  it('says that it lost its own server, and is live again when that is back', async () => {
    await onMonitor(
      async (page) => {
        await alpha.stop();
        await page.getByText('Connection lost, reconnecting').waitFor();
        await alpha.start();
        await live(page);
        await headline(page, 'In step');
      },
      { mayComplain: true },
    );
  });
});

describe('the look of the monitor', () => {
  const screens = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 780 } };
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [screen, viewport] of Object.entries(screens)) {
      it(`is accessible in ${colorScheme} on a ${screen}, and fits its width`, async () => {
        await onMonitor(
          async (page) => {
            await page.getByLabel('Path begins with').fill('');
            await press(page, 'Find');
            await page.locator('#files-rows tr').first().waitFor();
            assert.deepEqual(await axeViolations(page), []);
            const [needed, given] = await page.evaluate<[number, number]>(
              '[document.documentElement.scrollWidth, window.innerWidth]',
            );
            assert.ok(needed <= given, `${needed} > ${given}`);
          },
          { colorScheme, viewport },
        );
      });
    }
  }

  it('has a dark ground in the dark and a light one otherwise', async () => {
    for (const [colorScheme, ground] of [
      ['dark', 'rgb(14, 20, 24)'],
      ['light', 'rgb(244, 246, 247)'],
    ] as const) {
      await onMonitor(
        async (page) => {
          assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), ground);
        },
        { colorScheme },
      );
    }
  });

  it('can be used by keyboard: the first stop leads to the state, and focus is seen', async () => {
    await onMonitor(async (page) => {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to the state');
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate('document.activeElement.textContent.trim()'), 'Retry now');
      assert.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid');
      await page.keyboard.press('Enter');
      await page.getByText('Everything that waits is tried now.').waitFor();
    });
  });
});
