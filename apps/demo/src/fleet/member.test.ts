import assert from 'node:assert/strict';
import { test } from 'node:test';
import { banner } from './banner.js';
import { readLogLine } from './log-line.js';
import { describeMembers, environmentOf } from './member.js';

const members = describeMembers(['alpha', 'bravo'], [4001, 4007], '/demo/.fleet');
const [alpha, bravo] = members;
assert.ok(alpha && bravo);

test('gives every member the same peers and secret, and files and a name of its own', () => {
  const [first, second] = [environmentOf(alpha, members, 's'), environmentOf(bravo, members, 's')];
  assert.equal(first['LOCKSTEP_PEERS'], 'alpha=http://127.0.0.1:4001/sync,bravo=http://127.0.0.1:4007/sync');
  assert.equal(first['LOCKSTEP_PEERS'], second['LOCKSTEP_PEERS']);
  assert.equal(second['LOCKSTEP_NAME'], 'bravo');
  assert.equal(second['LOCKSTEP_ROOT'], '/demo/.fleet/bravo');
  assert.equal(second['PORT'], '4007');
});

test('hands on no LOCKSTEP_ variable of the terminal it was started in', (t) => {
  process.env['LOCKSTEP_MAX_FILE_MB'] = '1';
  t.after(() => delete process.env['LOCKSTEP_MAX_FILE_MB']);
  assert.equal('LOCKSTEP_MAX_FILE_MB' in environmentOf(alpha, members, 's'), false);
});

test('the banner names every address, the monitor and something to try', () => {
  const text = banner(members, 'alpha');
  for (const part of [
    'http://127.0.0.1:4001 ',
    'http://127.0.0.1:4007 ',
    '/sync-monitor',
    'Only alpha',
    'hello.txt',
  ]) {
    assert.ok(text.includes(part), part);
  }
  assert.doesNotMatch(banner(members, null), /Only alpha/);
});

test('reads level and message of a JSON line, and takes any other line as it is', () => {
  assert.deepEqual(readLogLine('{"level":"warn","msg":"peer away"}'), {
    level: 'warn',
    message: 'peer away',
  });
  assert.deepEqual(readLogLine('(node:1) Warning'), { level: 'info', message: '(node:1) Warning' });
  assert.deepEqual(readLogLine('{broken'), { level: 'info', message: '{broken' });
});
