import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz.js';

/** `npm run hostile` sends 100,000; the seed is new each time and printed when something is found. */
const requests = 2000;

test('thousands of generated requests, most with the secret, reach nothing outside of the folders', async (t) => {
  const report = await fuzz(requests, Date.now() & 0x7fff_ffff);
  assert.equal(report.requests, requests);
  // Proof that the requests got somewhere: some were carried out, some refused for each of several reasons.
  for (const status of [200, 201, 400, 401, 404]) {
    assert.ok((report.statuses[status] ?? 0) > 0, `no answer had the status ${status}`);
  }
  t.diagnostic(`${report.requests} requests in ${report.seconds} s: ${JSON.stringify(report.statuses)}`);
});
