import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isSyncError, silentLog, type Log } from '@lockstep/core';
import { keepSecret } from './keep-secret.js';

async function temporary(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'lockstep-secret-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

function recordingLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const write = (message: string, fields?: object) =>
    void lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
  return { log: { debug: write, info: write, warn: write, error: write }, lines };
}

test('makes a secret once, for its user alone, and never logs it', async (t) => {
  const stateDir = await temporary(t);
  const { log, lines } = recordingLog();
  const configuration = { secret: null, stateDir };
  const [first, second] = [await keepSecret(configuration, log), await keepSecret(configuration, log)];
  assert.deepEqual(first, second);
  assert.match(first[0] ?? '', /^[0-9a-f]{64}$/);
  assert.equal((await stat(join(stateDir, 'secret'))).mode & 0o777, 0o600);
  assert.ok(lines.every((line) => line.includes('LOCKSTEP_SECRET') && !line.includes(first[0] ?? '')));
});

test('gives two processes that start at once the same secret', async (t) => {
  const configuration = { secret: null, stateDir: await temporary(t) };
  const secrets = await Promise.all(Array.from({ length: 8 }, () => keepSecret(configuration, silentLog)));
  assert.equal(new Set(secrets.flat()).size, 1);
});

test('refuses a damaged secret file without quoting it', async (t) => {
  const stateDir = await temporary(t);
  await writeFile(join(stateDir, 'secret'), 'hush');
  await assert.rejects(
    keepSecret({ secret: null, stateDir }, silentLog),
    (error) => isSyncError(error, 'OPTION_INVALID') && !error.message.includes('hush'),
  );
});
