import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { SyncError } from '../model/error.js';
import { createPinoLog, type LogLevel } from './pino-log.js';

function capture(level: LogLevel = 'info') {
  const lines: string[] = [];
  const log = createPinoLog({
    level,
    name: 'web-1',
    destination: { write: (line) => void lines.push(line) },
  });
  const parsed = (): Record<string, unknown>[] =>
    lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, lines, parsed };
}

test('writes one JSON object per line with level, server, message and fields', () => {
  const { log, parsed } = capture();
  log.info('Received a.txt from web-2 (base_folder: instance)', { peer: 'web-2', bytes: 3 });
  const [line] = parsed();
  assert.equal(line?.['level'], 'info');
  assert.equal(line?.['name'], 'web-1');
  assert.equal(line?.['msg'], 'Received a.txt from web-2 (base_folder: instance)');
  assert.equal(line?.['peer'], 'web-2');
  assert.equal(line?.['bytes'], 3);
});

test('keeps quiet below its level', () => {
  const { log, lines } = capture('warn');
  log.debug('no');
  log.info('no');
  log.warn('yes');
  log.error('yes');
  assert.equal(lines.length, 2);
  const silent = capture('silent');
  silent.log.error('no');
  assert.equal(silent.lines.length, 0);
});

test('lets no name forge a line, hide text or turn its direction', () => {
  const { log, lines, parsed } = capture();
  log.info('Received a\n{"level":"error","msg":"forged"}\u202egnp.exe from web-2', { path: 'a\nb' });
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.trimEnd().includes('\n'), false);
  assert.match(String(parsed()[0]?.['msg']), /\\u\{a\}.*\\u\{202e\}/);
});

test('never writes a secret, neither plain nor one level down', () => {
  const { log, lines } = capture();
  log.info('Configured', { secret: 'hush-1', options: { monitorPassword: 'hush-2', uploadToken: 'hush-3' } });
  log.info('Configured', { secret: 'hush-1' });
  log.info('Configured', { peer: 'web-2', uploadToken: 'hush-3' });
  log.info('Configured', { peer: 'web-2', options: { password: 'hush-4' } });
  assert.doesNotMatch(lines.join(''), /hush/);
  for (const line of lines) assert.match(line, /\[redacted\]/);
});

test('shows an error of the catalogue by code and message, any other one with its stack', () => {
  const { log, parsed } = capture();
  log.error('Failed', { error: new SyncError('DISK_FULL', 'The disk is full.') });
  log.error('Failed', { error: new TypeError('x is not a function') });
  const [known, unknown] = parsed().map((line) => line['error'] as Record<string, unknown>);
  assert.deepEqual(known, { code: 'DISK_FULL', message: 'The disk is full.', details: {} });
  assert.equal(unknown?.['type'], 'TypeError');
  assert.match(String(unknown?.['stack']), /pino-log\.test/);
});

test('loses no line at exit', () => {
  const script = `
    import { createPinoLog } from ${JSON.stringify(new URL('pino-log.js', import.meta.url).href)};
    const log = createPinoLog({ level: 'info', name: 'web-1' });
    for (let i = 0; i < 500; i++) log.info('line ' + i);
    process.exit(0);`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(output.trimEnd().split('\n').length, 500);
});
