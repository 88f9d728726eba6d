import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError, type SyncError } from '../model/error.js';
import { signAnswer, verifyAnswer } from './answer-signature.js';
import { parseSecrets } from './secrets.js';
import { emptyDigest } from './sha256.js';
import {
  maxSkewMs,
  signRequest,
  verifyRequest,
  type RequestToSign,
  type RequestToVerify,
} from './signature.js';

const secret = '0123456789abcdef0123456789abcdef';
const otherSecret = 'another-secret-of-at-least-32-chars';
const nonce = '000102030405060708090a0b0c0d0e0f';
const nowMs = 1_700_000_000_000;

const toSign: RequestToSign = {
  secrets: [secret],
  method: 'GET',
  route: '/index?since=3',
  node: 'web-1',
  to: 'web-2',
  digest: emptyDigest,
  nowMs,
  random: { id: () => nonce },
};

const verify = (
  headers: RequestToVerify['headers'],
  changes: Partial<Omit<RequestToVerify, 'headers'>> = {},
): ReturnType<typeof verifyRequest> =>
  verifyRequest({
    secrets: [secret],
    method: 'GET',
    route: '/index?since=3',
    self: 'web-2',
    nowMs,
    headers,
    ...changes,
  });

const refusal = (act: () => unknown): SyncError => {
  try {
    act();
  } catch (error) {
    assert.ok(isSyncError(error));
    return error;
  }
  assert.fail('nothing was refused');
};

describe('the signature of a request', () => {
  it('is the HMAC that openssl gives for the documented lines', () => {
    assert.deepEqual(signRequest(toSign), {
      'x-lockstep-node': 'web-1',
      'x-lockstep-to': 'web-2',
      'x-lockstep-time': '1700000000000',
      'x-lockstep-nonce': nonce,
      'x-lockstep-digest': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-lockstep-signature': 'v1=173be119142924eadc9cf2443705b13c360ab9035eb24bb254a4bdfe2ea0833a',
    });
  });

  it('proves who sent what, and under which secret', () => {
    assert.deepEqual(verify(signRequest(toSign)), {
      node: 'web-1',
      nonce,
      timeMs: nowMs,
      digest: emptyDigest,
      secret,
    });
  });

  it('verifies under every secret of the list, so that a secret can be rotated', () => {
    const signed = signRequest({ ...toSign, secrets: [otherSecret, secret] });
    assert.equal(verify(signed, { secrets: [secret, otherSecret] }).secret, otherSecret);
    assert.equal(refusal(() => verify(signed)).code, 'SIGNATURE_INVALID');
  });

  const alterations: Record<string, Record<string, string>> = {
    'another node': { 'x-lockstep-node': 'web-3' },
    'another receiver': { 'x-lockstep-to': 'web-3' },
    'another time': { 'x-lockstep-time': String(nowMs + 1) },
    'another nonce': { 'x-lockstep-nonce': nonce.replace('0f', '10') },
    'another digest': { 'x-lockstep-digest': 'a'.repeat(64) },
    'another signature': { 'x-lockstep-signature': `v1=${'0'.repeat(64)}` },
  };
  for (const [what, headers] of Object.entries(alterations)) {
    it(`does not match a request with ${what}`, () => {
      assert.equal(refusal(() => verify({ ...signRequest(toSign), ...headers })).code, 'SIGNATURE_INVALID');
    });
  }

  it('does not match another method, another route or another query', () => {
    const signed = signRequest(toSign);
    for (const change of [{ method: 'POST' }, { route: '/content?since=3' }, { route: '/index?since=4' }]) {
      assert.equal(refusal(() => verify(signed, change)).code, 'SIGNATURE_INVALID');
    }
  });

  it('is refused by a server that it is not addressed to, which names both', () => {
    const error = refusal(() => verify(signRequest(toSign), { self: 'web-9' }));
    assert.equal(error.code, 'SIGNATURE_INVALID');
    assert.deepEqual(error.details, { node: 'web-1', to: 'web-2', self: 'web-9' });
  });

  it('may be addressed to any server by GET /hello, and by nothing else', () => {
    const hello = { method: 'GET', route: '/hello' };
    assert.equal(verify(signRequest({ ...toSign, ...hello, to: '*' }), hello).node, 'web-1');
    const index = signRequest({ ...toSign, to: '*' });
    assert.equal(refusal(() => verify(index)).code, 'SIGNATURE_INVALID');
  });

  it('is valid for five minutes by either clock, and its refusal shows both', () => {
    const signed = signRequest(toSign);
    assert.equal(verify(signed, { nowMs: nowMs + maxSkewMs }).node, 'web-1');
    assert.equal(verify(signed, { nowMs: nowMs - maxSkewMs }).node, 'web-1');
    const late = refusal(() => verify(signed, { nowMs: nowMs + maxSkewMs + 1 }));
    assert.equal(late.code, 'SIGNATURE_EXPIRED');
    assert.deepEqual(late.details, { node: 'web-1', timeMs: nowMs, nowMs: nowMs + maxSkewMs + 1 });
    assert.equal(refusal(() => verify(signed, { nowMs: nowMs - maxSkewMs - 1 })).code, 'SIGNATURE_EXPIRED');
  });

  for (const name of Object.keys(signRequest(toSign))) {
    it(`is required: without a well-formed ${name} the request is unsigned`, () => {
      const signed = signRequest(toSign);
      for (const value of [undefined, '', 'ä', ['a', 'b']]) {
        const error = refusal(() => verify({ ...signed, [name]: value }));
        assert.equal(error.code, 'AUTH_REQUIRED');
        assert.deepEqual(error.details, { header: name });
      }
    });
  }
});

describe('the signature of an answer', () => {
  const answer = { status: 200, nonce, body: '{"ok":true}' };
  const signature = '97da607edc8f1b3b52231b98bb33ed204b1873b11986d06a7afaa0523e67cf8a';

  it('is the HMAC that openssl gives for the documented lines', () => {
    assert.equal(signAnswer({ ...answer, secret }), signature);
  });

  it('matches this status, this nonce and this body only', () => {
    const matches = (changes: object): boolean =>
      verifyAnswer({ ...answer, secrets: [secret], signature, ...changes });
    assert.equal(matches({}), true);
    assert.equal(matches({ body: Buffer.from(answer.body) }), true);
    assert.equal(matches({ status: 201 }), false);
    assert.equal(matches({ nonce: 'f'.repeat(32) }), false);
    assert.equal(matches({ body: '{"ok":false}' }), false);
    assert.equal(matches({ secrets: [otherSecret] }), false);
    assert.equal(matches({ signature: undefined }), false);
    assert.equal(matches({ signature: 'short' }), false);
  });
});

describe('the list of secrets', () => {
  it('is comma separated text or a list', () => {
    assert.deepEqual(parseSecrets(`${secret}, ${otherSecret}`), [secret, otherSecret]);
    assert.deepEqual(parseSecrets([secret, otherSecret]), [secret, otherSecret]);
  });

  it('refuses a short, an empty and a missing secret, and never quotes it', () => {
    const short = refusal(() => parseSecrets(`${secret},hunter2`));
    assert.equal(short.code, 'OPTION_INVALID');
    assert.match(short.message, /secret 2 of 2: it has 7 characters/u);
    assert.ok(!JSON.stringify(short).includes('hunter2'));
    assert.match(refusal(() => parseSecrets('')).message, /it is empty/u);
    assert.match(refusal(() => parseSecrets(`${secret},`)).message, /secret 2 of 2: it is empty/u);
    assert.equal(refusal(() => parseSecrets([])).code, 'OPTION_INVALID');
  });
});
