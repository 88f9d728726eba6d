import assert from 'node:assert/strict';
import test from 'node:test';
import { parseOptions, select } from './options.js';
import { finalMinutes } from './plan/final.js';

test('takes lists of tools and workloads separated by commas', () => {
  const options = parseOptions(['--quick', '--rivals', 'lockstep, lsyncd-fast', '--workloads=single']);
  assert.equal(options.quick, true);
  assert.deepEqual(options.rivals, ['lockstep', 'lsyncd-fast']);
  assert.deepEqual(options.workloads, ['single']);
});

test('limits the time of the final run, and of any when asked', () => {
  assert.equal(parseOptions([]).minutes, null);
  assert.equal(parseOptions(['--final']).minutes, finalMinutes);
  assert.equal(parseOptions(['--final', '--minutes', '50']).minutes, 50);
  for (const bad of ['0', '-1', 'soon'])
    assert.throws(() => parseOptions([`--minutes=${bad}`]), new RegExp(`--minutes "${bad}"`));
  assert.throws(() => parseOptions(['--quick', '--final']), /exclude each other/);
});

test('refuses an unknown option and names it', () => {
  assert.throws(() => parseOptions(['--fast']), /TypeError.*--fast/);
});

test('chooses by the beginning of an id, and everything without a choice', () => {
  const all = [{ id: 'single-write' }, { id: 'single-delete' }, { id: 'burst' }];
  assert.deepEqual(select(all, ['single'], '--workloads'), all.slice(0, 2));
  assert.deepEqual(select(all, [], '--workloads'), all);
});

test('refuses a choice that matches nothing and lists what there is', () => {
  assert.throws(() => select([{ id: 'burst' }], ['brust'], '--workloads'), /"brust" is none of: burst/);
});
