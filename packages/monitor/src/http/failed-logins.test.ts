import { createFakeClock } from '@lockstep/core/testing';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFailedLogins } from './failed-logins.js';

function failTimes(count: number, addressOf: (nth: number) => string) {
  const clock = createFakeClock(1_000_000);
  const logins = createFailedLogins(clock);
  for (let nth = 0; nth < count; nth += 1) logins.failed(addressOf(nth));
  return { clock, logins };
}

describe('Failed logins', () => {
  it('make an address wait after ten within a minute, and let it try again when the oldest is a minute old', () => {
    const { clock, logins } = failTimes(9, () => '203.0.113.7');
    assert.equal(logins.waitMs('203.0.113.7'), 0);
    clock.advance(1000);
    logins.failed('203.0.113.7');
    assert.equal(logins.waitMs('203.0.113.7'), 59_000);
    assert.equal(logins.waitMs('203.0.113.8'), 0);
    clock.advance(59_000);
    assert.equal(logins.waitMs('203.0.113.7'), 0);
  });

  const sameClient: [string, (nth: number) => string, string][] = [
    [
      'all addresses of an IPv6 network',
      (nth) => `2001:db8:0:1::${nth.toString(16)}`,
      '2001:db8:0:1:ffff::1',
    ],
    ['a network written short', (nth) => `2001:db8::${nth}`, '2001:db8:0:0:1:2:3:4'],
    [
      'an IPv4 address in IPv6',
      (nth) => (nth % 2 ? '::ffff:198.51.100.1' : '198.51.100.1'),
      '::FFFF:198.51.100.1',
    ],
  ];
  for (const [what, addressOf, other] of sameClient) {
    it(`count ${what} as one client`, () => {
      const { logins } = failTimes(10, addressOf);
      assert.ok(logins.waitMs(other) > 0);
      assert.equal(logins.waitMs('2001:db8:0:2::1'), 0);
      assert.equal(logins.waitMs('198.51.100.2'), 0);
    });
  }
});
