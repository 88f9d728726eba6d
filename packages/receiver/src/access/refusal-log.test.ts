import { SyncError, type Log, type LogFields } from '@lockstep/core';
import { createFakeClock } from '@lockstep/core/testing';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRefusalLog } from './refusal-log.js';

const refusal = new SyncError('AUTH_REQUIRED', 'Refused an unsigned request.');

it('logs twenty lines of strangers in ten seconds, however many addresses they have, and then how many more there were', () => {
  const clock = createFakeClock(1_000_000);
  const lines: LogFields[] = [];
  const ignore = (): void => undefined;
  const warn: Log['warn'] = (_message, fields = {}) => void lines.push(fields);
  const log = createRefusalLog({ debug: ignore, info: ignore, warn, error: ignore }, clock);
  for (let nth = 0; nth < 5000; nth += 1) log.refused(`2001:db8::${nth.toString(16)}`, refusal);
  assert.equal(lines.length, 20);
  clock.advance(10_000);
  log.refused('203.0.113.7', refusal);
  assert.deepEqual(
    lines.slice(20).map(({ requests, address }) => ({ requests, address })),
    [
      { requests: 4980, address: undefined },
      { requests: 1, address: '203.0.113.7' },
    ],
  );
});
