import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  brokenPathRule,
  errorCatalogue,
  headers,
  isSyncError,
  maxComponentBytes,
  maxEntriesPerRequest,
  maxPathBytes,
  maxPathComponents,
  parseDigest,
  parseManifest,
  parsePath,
  protocolVersion,
  routes,
  sha256,
  signAnswer,
  signRequest,
  toWire,
} from '@lockstep/core';
import { repositoryRoot } from '../structure/source-files.js';
import { codeWords, plain, readDocument, section, tableRows } from './document.js';

const page = readDocument('docs/protocol.md');

function source(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}

/** The table of a vector as an object. */
function vector(heading: string): Readonly<Record<string, string>> {
  const rows = tableRows(section(page, heading));
  return Object.fromEntries(rows.map((row) => [plain(row['field']), plain(row['value'])]));
}

function bodyOf(heading: string): string {
  const [, body] = /```json\n(.*)\n```/u.exec(section(page, heading)) ?? [];
  return body ?? '';
}

function signed(fields: Readonly<Record<string, string>>): Record<string, string> {
  const { secret = '', method = '', route = '', node = '', to = '', time, nonce = '', digest } = fields;
  return signRequest({
    ...{ secrets: [secret], method, route, node, to, digest: parseDigest(digest) },
    ...{ nowMs: Number(time), random: { id: () => nonce } },
  });
}

describe('the vectors of docs/protocol.md', () => {
  for (const heading of ['Vector: hello', 'Vector: index', 'Vector: offer']) {
    it(`are what the code signs: ${heading}`, () => {
      const fields = vector(heading);
      assert.match(fields['signature'] ?? '', /^v1=[0-9a-f]{64}$/u);
      assert.equal(signed(fields)[headers.signature], fields['signature']);
    });
  }

  it('name the digest of the offered body, and the body is a good manifest', () => {
    const body = bodyOf('Vector: offer');
    assert.equal(sha256(body), vector('Vector: offer')['digest']);
    assert.deepEqual(
      parseManifest(body).entries.map((item) => 'error' in item),
      [false],
    );
  });

  it('include the answer', () => {
    const { secret = '', status, nonce = '', digest, signature } = vector('Vector: answer');
    const body = bodyOf('Vector: answer');
    assert.equal(sha256(body), digest);
    assert.equal(signAnswer({ secret, status: Number(status), nonce, body }), signature);
  });
});

describe('the tables of docs/protocol.md', () => {
  it('list the routes that the receiver has', () => {
    const documented = new Set(tableRows(section(page, 'Routes')).map((row) => plain(row['route'])));
    const code = source('packages/receiver/src/http/router.ts');
    const mounted = [...code.matchAll(/router\.(get|post|put|patch|delete)\(routes\.(\w+)/gu)].map(
      ([, method = '', name = '']) => `${method.toUpperCase()} ${Reflect.get(routes, name)}`,
    );
    assert.deepEqual([...documented].sort(), [...new Set(mounted)].sort());
    assert.equal(new Set(mounted).size, Object.keys(routes).length);
  });

  it('list the fields of an entry', () => {
    const shared = {
      folder: 'static',
      path: parsePath('a'),
      version: new Map(),
      modifiedMs: 0,
      modifiedBy: 'a',
    };
    const live = toWire({ ...shared, state: 'live', digest: sha256(''), size: 0, mode: 0, mtimeMs: 0 });
    const deleted = toWire({ ...shared, state: 'deleted', keptParents: 0, released: false });
    const rows = tableRows(section(page, 'Entry'));
    const fieldsFor = (state: string): string[] =>
      rows
        .filter((row) => row['of'] === 'all' || row['of'] === state)
        .map((row) => plain(row['field']))
        .sort();
    assert.deepEqual(fieldsFor('live'), Object.keys(live).sort());
    assert.deepEqual(fieldsFor('deleted'), Object.keys(deleted).sort());
    const declared = source('packages/core/src/wire/protocol.ts');
    const interfaceText = /export interface WireEntry \{([\s\S]*?)\n\}/u.exec(declared)?.[1] ?? '';
    const names = [...interfaceText.matchAll(/readonly (\w+)\??:/gu)].map(([, name]) => name ?? '');
    assert.deepEqual(rows.map((row) => plain(row['field'])).sort(), names.sort());
  });

  it('list the headers of a request', () => {
    const rows = tableRows(section(page, 'Signature of a request').split('### ')[0] ?? '');
    const { answer, ...ofRequest } = headers;
    assert.deepEqual(rows.map((row) => plain(row['header'])).sort(), Object.values(ofRequest).sort());
    assert.ok(section(page, 'Signature of an answer').includes(`\`${answer}\``));
  });

  it('list every status of a verdict and every way of applying', () => {
    const declared = source('packages/core/src/replica/replica.ts');
    const verdict = /export type Verdict =([\s\S]*?)\n\n/u.exec(declared)?.[1] ?? '';
    const statuses = [...verdict.matchAll(/status: '(\w+)'/gu)].map(([, status]) => status);
    const applied = /applied: (['\w |]+);/u.exec(verdict)?.[1]?.match(/\w+/gu) ?? [];
    const part = section(page, 'Verdicts');
    assert.deepEqual(
      tableRows(part).map((row) => plain(row['status'])),
      statuses,
    );
    assert.ok(applied.length > 0);
    for (const word of applied) assert.ok(codeWords(part).includes(word), `"${word}" is not explained`);
  });

  it('name limits as they are in the code', () => {
    const limits = tableRows(section(page, 'Limits'));
    const limitOf = (what: string): string => limits.find((row) => row['what'] === what)?.['limit'] ?? '';
    assert.equal(limitOf('entries in one request'), maxEntriesPerRequest.toLocaleString('en'));
    const paths = section(page, 'What a path may be');
    for (const limit of [maxPathBytes, maxPathComponents, maxComponentBytes]) {
      assert.ok(paths.replaceAll(/\s+/gu, ' ').includes(limit.toLocaleString('en')), String(limit));
    }
    assert.ok(section(page, 'Versions of the protocol').includes(`\`protocol\` is ${protocolVersion} `));
    const code = source('packages/receiver/src/limits.ts');
    for (const line of [
      ...['maxManifestBytes: 4 * mebibyte', 'maxRequestBytes ?? maxFileBytes + 64 * mebibyte'],
      ...['concurrentPerPeer: 8', 'concurrentInAll: 64', 'bodyIdleMs: 30_000', 'minBytesPerSecond: 256'],
      ...['uploadBytesPerPeer: 4 * maxRequestBytes', 'uploadBytesInAll: 8 * maxRequestBytes'],
    ]) {
      assert.ok(code.includes(line), `limits.ts no longer says "${line}": mend the table`);
    }
  });

  it('name only codes of the catalogue', () => {
    const codes = codeWords(page).filter(
      (word) => /^[A-Z]+_[A-Z_]+$/u.test(word) && !word.startsWith('LOCKSTEP_'),
    );
    assert.ok(codes.length > 10);
    assert.deepEqual(
      codes.filter((code) => !(code in errorCatalogue)),
      [],
    );
  });
});

describe('"What a path may be"', () => {
  const rows = tableRows(section(page, 'What a path may be'));

  it('lists every rule', () => {
    const declared = source('packages/core/src/model/path-rules.ts');
    const rules = /export type PathRule =([\s\S]*?);/u.exec(declared)?.[1] ?? '';
    const names = [...rules.matchAll(/'([a-z-]+)'/gu)].map(([, rule]) => rule ?? '');
    assert.deepEqual(rows.map((row) => plain(row['rule'])).sort(), names.sort());
  });

  for (const row of rows) {
    const rule = plain(row['rule']);
    const example = plain(row['example (as JSON)']);
    if (example === '–') continue;
    it(`shows an example that is refused by ${rule}`, () => {
      const path: unknown = JSON.parse(example);
      assert.throws(
        () => parsePath(path),
        (error) => isSyncError(error, 'PATH_INVALID') && error.details['rule'] === rule,
      );
    });
  }

  it('is right about the lengths', () => {
    assert.equal(brokenPathRule('x'.repeat(maxComponentBytes)), null);
    assert.equal(brokenPathRule('x'.repeat(maxComponentBytes + 1)), 'component-too-long');
    assert.equal(brokenPathRule(Array.from({ length: maxPathComponents }, () => 'd').join('/')), null);
    assert.equal(
      brokenPathRule(Array.from({ length: maxPathComponents + 1 }, () => 'd').join('/')),
      'too-deep',
    );
    const long = `${'x'.repeat(127)}/`.repeat(7) + 'x'.repeat(128);
    assert.equal(brokenPathRule(long), null);
    assert.equal(brokenPathRule(`${long}x`), 'path-too-long');
  });
});
