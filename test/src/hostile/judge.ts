import { errorCatalogue, isSyncPath } from '@lockstep/core';
import assert from 'node:assert/strict';
import { marker } from './canary.js';
import type { Attack, Reply } from './client.js';
import { secrets, type Victim } from './victim.js';

/** Characters that forge or hide text in a terminal, a log or a page. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Fails when an answer gives away what it must not, or is a failure that this server has no code for. */
export function judgeReply(victim: Victim, attack: Attack, reply: Reply): void {
  const text = reply.body.toString();
  const what = `${attack.method} ${attack.url.slice(0, 200)} → ${reply.status} ${text.slice(0, 300)}`;
  assert.ok(reply.status < 500, what);
  assert.ok(!text.includes(marker), `gave away a canary: ${what}`);
  assert.ok(
    !text.includes(victim.base) && !text.includes('/proc/self'),
    `gave away an absolute path: ${what}`,
  );
  for (const word of secrets) assert.ok(!text.includes(word), `gave away a secret: ${what}`);
  if (attack.url.startsWith('/sync/') && reply.status >= 400 && text !== '') {
    const { code } = JSON.parse(text) as { code: string };
    assert.ok(Object.hasOwn(errorCatalogue, code), what);
  }
  if (attack.headers['x-lockstep-signature'] === undefined && attack.headers['authorization'] === undefined) {
    assert.equal(reply.status, 401, `answered a stranger: ${what}`);
  }
}

/** Fails when a log line could forge another one, or holds a secret or a canary. */
export function judgeLog(victim: Victim): void {
  for (const { message, fields } of victim.lines) {
    const { error: _error, ...rest } = fields;
    const texts = [message, ...Object.values(rest).filter((value) => typeof value === 'string')];
    for (const text of texts) {
      assert.doesNotMatch(text, unprintable, `a log line with what cannot be seen: ${JSON.stringify(text)}`);
    }
    const whole = JSON.stringify([message, rest]);
    for (const word of [...secrets, marker]) assert.ok(!whole.includes(word), `${word} in the log: ${whole}`);
  }
}

/** Fails when anything outside of the folders was touched, something stayed staged, or a file has a name that no path may have. */
export async function judgeDisk(victim: Victim): Promise<void> {
  await victim.canary.assertUntouched();
  await victim.assertNothingStaged();
  const wrong = (await victim.files()).filter((file) => !isSyncPath(file.slice(file.indexOf('/') + 1)));
  assert.deepEqual(wrong, []);
}
