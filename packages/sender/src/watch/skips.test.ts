import assert from 'node:assert/strict';
import { it } from 'node:test';
import { silentLog } from '@lockstep/core';
import { createFakeClock, fileKey } from '@lockstep/core/testing';
import { createSkipLog } from './skips.js';

it('A file that is left out is logged once a minute, however busy it is', () => {
  const clock = createFakeClock();
  const lines: string[] = [];
  const skips = createSkipLog(clock, { ...silentLog, debug: (line) => void lines.push(line) });
  const why = 'Skipping file due to excluded extension';
  for (let at = 0; at < 100; at += 1) skips.skip(fileKey('instance', 'app.db'), why);
  skips.skip(fileKey('instance', 'other.db'), why);
  assert.deepEqual(lines, [`${why}: app.db`, `${why}: other.db`]);
  clock.advance(60_000);
  skips.skip(fileKey('instance', 'app.db'), why);
  assert.equal(lines.length, 3);
  assert.equal(skips.count, 102);
});
