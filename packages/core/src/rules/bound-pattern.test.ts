import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundPattern } from './bound-pattern.js';
import { compilePatterns } from './ignore-patterns.js';

describe('A pattern', () => {
  for (const pattern of [
    '*.log',
    '**/cache/**/*.min.*',
    '!keep/**',
    'a\\*b\\*c\\*d\\*e\\*f',
    '[*][*][*][*][*][*]',
    '',
  ]) {
    it(`stays as it is with four stars and fewer: ${pattern}`, () => {
      assert.equal(boundPattern(pattern), pattern);
    });
  }

  it('with more ends at the fourth, so that it leaves out more and not less', () => {
    assert.equal(boundPattern('a*b*c**d*e*f'), 'a*b*c**d*');
    const matches = compilePatterns('a*b*c*d*e*f');
    assert.equal(matches('a-b-c-d-e-f'), 'ignored');
    assert.equal(matches('a-b-c-d'), 'ignored');
    assert.equal(matches('a-b-c'), null);
  });

  it('that re-includes with more is passed over', () => {
    assert.equal(boundPattern('!a*b*c*d*e*f'), null);
    const matches = compilePatterns('*.txt\n!a*b*c*d*e*f.txt');
    assert.equal(matches('a-b-c-d-e-f.txt'), 'ignored');
  });

  it('cannot hold a server up, whatever stars a peer puts into its `.syncignore`', () => {
    const names = [
      `${'a'.repeat(200)}bc`,
      'ab'.repeat(120),
      `${'a'.repeat(250)}/`.repeat(4),
      `${'a/'.repeat(60)}bc`,
    ];
    const startMs = performance.now();
    for (const part of ['*a', '*?', '*[a]', '*[!b]', '**/', '**/*?', '?*', '*\\a']) {
      for (const end of ['b', '*b', '/b']) {
        const matches = compilePatterns(part.repeat(30) + end);
        for (const name of names) matches(name);
      }
    }
    // Unbounded, a single one of these takes minutes; all 96 together take a moment, also on a busy machine.
    assert.ok(performance.now() - startMs < 20_000);
  });
});
