import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureStrangers } from './strangers.js';

/** `npm run hostile` sends 10,000 and prints what they cost. */
const requests = 1000;

test('a thousand requests without the secret write nothing, log next to nothing and take no memory', async (t) => {
  const cost = await measureStrangers(requests);
  assert.equal(cost.recorded, 0);
  // Four of five go to the receiver; a line per address and ten seconds, and none for the monitor without a password.
  assert.equal(cost.refused, (requests * 4) / 5);
  assert.ok(cost.logLines <= 30, `${cost.logLines} log lines`);
  assert.ok(cost.rssGrowthMiB <= 64, `${cost.rssGrowthMiB} MiB more`);
  t.diagnostic(JSON.stringify(cost));
});
