import { openReplica } from '@lockstep/core/node';
import { createSender } from '@lockstep/sender';
import type { LockstepOptions } from 'lockstep';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../harness/eventually.js';
import { secret, startVictim, type Victim } from './victim.js';

const own = 'the-secret-that-only-web-1-and-web-2-have-0123456789';

/** A whole server web-2, and web-1, which has two files to send to it. */
async function startTwo(
  t: TestContext,
  receiving: LockstepOptions,
  sending: { peerSecrets?: Record<string, string> },
) {
  const to = await startVictim({ name: 'web-2', ...receiving });
  const root = await mkdtemp(join(tmpdir(), 'lockstep-own-'));
  const replica = await openReplica({ root, name: 'web-1', durability: 'os' });
  const peers = [{ name: 'web-2', url: `http://127.0.0.1:${to.port}/sync` }];
  const sender = createSender({ replica, secret, peers, ...sending });
  t.after(async () => {
    await sender.close();
    await replica.close();
    await to.close();
    await rm(root, { recursive: true, force: true });
  });
  await writeFile(join(root, 'static', 'site.css'), 'body {}');
  await writeFile(join(root, 'templates', 'page.ejs'), 'page');
  await sender.start();
  return { to, replica, said: () => JSON.stringify(sender.status().peers) };
}

const arrived = async (to: Victim, path: string, content: string): Promise<boolean> =>
  (await readFile(join(to.root, path), 'utf8')) === content;

describe('A secret for one peer', () => {
  it('signs what goes to it and verifies what comes from it', async (t) => {
    const { to } = await startTwo(t, { peerSecrets: { 'web-1': own } }, { peerSecrets: { 'web-2': own } });
    await eventually(() => arrived(to, 'static/site.css', 'body {}'));
  });

  it('keeps out a server that claims the name and knows the shared secret only', async (t) => {
    const { to, said } = await startTwo(t, { peerSecrets: { 'web-1': own } }, {});
    await eventually(() => said().includes('SIGNATURE_INVALID') || said());
    assert.deepEqual(await to.files(), []);
    await to.canary.assertUntouched();
  });
});

describe('Rights between real servers', () => {
  it('let a file of the one folder through and hold back the other, which says why', async (t) => {
    const rights = { 'web-1': { templates: ['write'], static: ['read'] } } as const;
    const { to, replica } = await startTwo(t, { rights }, {});
    await eventually(() => arrived(to, 'templates/page.ejs', 'page'));
    await eventually(() => {
      const deferred = replica.index.deferred.list('web-2', 10);
      return deferred.some(({ code }) => code === 'RIGHT_MISSING') || JSON.stringify(deferred);
    });
    assert.deepEqual(await to.files(), ['templates/page.ejs']);
  });
});
