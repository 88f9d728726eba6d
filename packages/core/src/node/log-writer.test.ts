import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogWriter } from './log-writer.js';

const moduleUrl = new URL('log-writer.js', import.meta.url).href;

/** Runs a script that has `log`, a writer on its standard output. */
function runScript(script: string) {
  const code = `import { createLogWriter } from ${JSON.stringify(moduleUrl)};\nconst log = createLogWriter(1);\n${script}`;
  return spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('gathers lines and writes them within the time', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lockstep-log-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'log');
  const fd = openSync(file, 'w');
  t.after(() => closeSync(fd));
  const log = createLogWriter(fd, { everyMs: 5, gather: 100 });
  log.write('ä\n');
  assert.equal(readFileSync(file, 'utf8'), '');
  const deadline = Date.now() + 5000;
  while (readFileSync(file, 'utf8') === '' && Date.now() < deadline) await delay(5);
  assert.equal(readFileSync(file, 'utf8'), 'ä\n');
  log.write(`${'x'.repeat(120)}\n`);
  assert.equal(readFileSync(file, 'utf8').length, 123);
});

test('a process whose log nobody reads any more ends by itself', { timeout: 10_000 }, async (t) => {
  const child = runScript(`
    log.write('ready\\n'); log.flush();
    const end = Date.now() + 300;
    const busy = setInterval(() => { log.write('more\\n'); if (Date.now() > end) clearInterval(busy); }, 20);`);
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0);
});

test('keeps what a slow reader does not take, in order and whole, and nothing is lost at exit', async () => {
  const child = runScript(`
    const line = 'ä'.repeat(100);
    for (let i = 0; i < 5000; i++) log.write(i + ' ' + line + '\\n');
    process.exit(0);`);
  await delay(200); // the reader is slow: the pipe is full by now
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(child.stdout, 'end');
  const lines = text.trimEnd().split('\n');
  assert.equal(lines.length, 5000);
  assert.ok(lines.every((line, i) => line === `${i} ${'ä'.repeat(100)}`));
});
