import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { packProject, type PackedProject } from './pack-project.js';

/** What an app does first: set up, ask, close. */
const firstSteps = `
  const app = express();
  const sync = await setupRealTimeFileSync(app, {
    root: process.cwd() + '/site', name: 'packed', log: false, secret: '0123456789abcdef'.repeat(4),
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const origin = 'http://127.0.0.1:' + server.address().port;
  const [health, hello, page] = await Promise.all(
    ['/sync/health', '/sync/hello', '/sync-monitor/'].map((path) => fetch(origin + path)),
  );
  const [, style] = /<link rel="stylesheet" href="([^"]+)"/.exec(await page.text());
  const css = await fetch(new URL(style, page.url));
  const script = await fetch(new URL('../js/moments.js', css.url));
  const active = getFileSyncStatus().active;
  console.log(JSON.stringify({ active, health: health.status, hello: hello.status, page: page.status, css: css.status, script: script.status }));
  await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  await sync.close();
  console.log(JSON.stringify({ active: getFileSyncStatus().active }));
`;
const outcome =
  '{"active":true,"health":200,"hello":401,"page":200,"css":200,"script":200}\n{"active":false}\n';

const typedUse = `
  import express from 'express';
  import { getFileSyncStatus, setupRealTimeFileSync, type LockstepSync } from 'lockstep';
  import { createReceiver } from '@lockstep/receiver';
  import { createSender } from '@lockstep/sender';
  import { createMonitor } from '@lockstep/monitor';
  import { openReplica } from '@lockstep/core/node';
  export async function start(): Promise<LockstepSync> {
    const app = express();
    const sync = await setupRealTimeFileSync(app, { peers: [{ name: 'web-2', url: 'https://10.0.0.2' }] });
    sync.on('applied', ({ changes }) => changes.map(({ entry }) => entry.path));
    await sync.flush({ peers: 'all', timeoutMs: 1000 });
    const active: boolean = getFileSyncStatus().active;
    return active ? sync : start();
  }
  export const parts = { createReceiver, createSender, createMonitor, openReplica };
  // @ts-expect-error an unknown option is refused by the types already
  export const wrong = (app: express.Express) => setupRealTimeFileSync(app, { peer: 'x' });
`;

describe('the packages as they are published', () => {
  let project: PackedProject;
  before(async () => {
    project = await packProject();
    await mkdir(join(project.directory, 'site'));
  });
  after(() => rm(project.directory, { recursive: true, force: true }));

  test('hold bundles and types, and no test', () => {
    for (const [name, files] of project.contents) {
      assert.ok(files.includes('bundle/index.js') && files.includes('dist/index.d.ts'), name);
      assert.deepEqual(
        files.filter((file) => file.includes('.test.') || file.endsWith('.tsbuildinfo')),
        [],
        name,
      );
    }
  });

  test('hold nothing that an app does not need: no sources, single modules, benchmarks, configuration, environment or state', () => {
    // The page's script takes one module from the monitor as it was compiled.
    const needed =
      /^(?:package\.json|README\.md|LICENSE|bundle\/[\w-]+\.js(?:\.map)?|dist\/(?:.*\.d\.ts|view\/moments\.js)|(?:views|static)\/[\w/.-]+)$/u;
    for (const [name, files] of project.contents) {
      const others = files.filter(
        (file) => !needed.test(file) || /bench|\.env|\.lockstep|secret\b/u.test(file),
      );
      // What reads and keeps secrets is code, and only its types may be called so.
      assert.deepEqual(
        others.filter((file) => !/\/(?:keep|parse)?-?secrets?\.d\.ts$/u.test(file)),
        [],
        name,
      );
    }
  });

  test('work in an app of ES modules', async () => {
    const imports = `import express from 'express';\nimport { getFileSyncStatus, setupRealTimeFileSync } from 'lockstep';\n`;
    await writeFile(join(project.directory, 'app.mjs'), imports + firstSteps);
    assert.equal(await project.node('app.mjs'), outcome);
  });

  test('work in an app of CommonJS modules', async () => {
    const requires = `const express = require('express');\nconst { getFileSyncStatus, setupRealTimeFileSync } = require('lockstep');\n`;
    await writeFile(join(project.directory, 'app.cjs'), `${requires}(async () => {${firstSteps}})();`);
    assert.equal(await project.node('app.cjs'), outcome);
  });

  test('have one class of errors behind all their entries, and show lines of the sources in its stacks', async () => {
    await writeFile(
      join(project.directory, 'refused.mjs'),
      `import { SyncError } from '@lockstep/core';
       import { openReplica } from '@lockstep/core/node';
       await openReplica({ root: 'nowhere', name: 'packed' }).catch((error) => {
         console.log(error instanceof SyncError, /src\\/node\\/place-folders\\.ts:\\d+/.test(error.stack));
       });`,
    );
    assert.equal(await project.node('--enable-source-maps', 'refused.mjs'), 'true true\n');
  });

  test('bring types that hold in both', async () => {
    await writeFile(join(project.directory, 'typed.mts'), typedUse);
    await writeFile(join(project.directory, 'typed.cts'), typedUse);
    await project.typecheck('typed.mts', 'typed.cts');
  });
});
