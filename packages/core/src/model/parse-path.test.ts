import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSyncError } from './error.js';
import { parseDigest } from './parse-digest.js';
import { isSyncPath, parsePath } from './parse-path.js';
import type { PathRule } from './path-rules.js';

const accepted: readonly (readonly [why: string, path: string])[] = [
  ['a plain file', 'index.html'],
  ['a file in folders', 'css/site/main.css'],
  ['a leading dash', '-rf'],
  ['spaces inside', 'my holiday photo.jpg'],
  ['emoji', '🎉/party 👩‍👩‍👧.png'],
  ['accents in normal form C', 'caf\u00e9.html'],
  ['a colon inside a name', 'notes/ab:c.txt'],
  ['a leading dot', '.htaccess'],
  ['dots inside and three dots at the front', '...a..b'],
  ['percent signs that hide nothing', '100%25 sure%20.txt'],
  ['an encoded dot in a longer name', 'a%2eb'],
  ['a name of 255 bytes', 'x'.repeat(255)],
  ['a path of 1,024 bytes', `${`${'x'.repeat(127)}/`.repeat(7)}${'x'.repeat(128)}`],
  ['64 components', Array.from({ length: 64 }, () => 'd').join('/')],
  ['a name that merely begins like a device', 'console.log.txt'],
  ['a name that merely begins like ours', '.lockstepper'],
  ['a device name in the middle', 'my.con'],
];

const refused: readonly (readonly [why: string, input: unknown, rule: PathRule])[] = [
  ['a number', 42, 'not-text'],
  ['nothing', undefined, 'not-text'],
  ['an array that prints like a path', ['a'], 'not-text'],
  ['an empty text', '', 'empty'],
  ['an absolute path', '/etc/passwd', 'absolute'],
  ['a network path', '//server/share', 'absolute'],
  ['a drive letter', 'C:/windows', 'drive-letter'],
  ['a path relative to a drive', 'c:x', 'drive-letter'],
  ['a backslash', 'a\\b', 'backslash'],
  ['a step upwards', '../x', 'dot-component'],
  ['a step upwards in the middle', 'a/../../x', 'dot-component'],
  ['a step upwards at the end', 'a/..', 'dot-component'],
  ['a single dot', 'a/./b', 'dot-component'],
  ['a doubled slash', 'a//b', 'empty-component'],
  ['a slash at the end', 'a/', 'empty-component'],
  ['NUL', 'a\0.txt', 'control-character'],
  ['a newline', 'a\nb', 'control-character'],
  ['DEL', 'a\u007f', 'control-character'],
  ['a C1 control', 'a\u009bb', 'control-character'],
  ['a line separator', 'a\u2028b', 'control-character'],
  ['a direction override', 'a\u202egnp.exe', 'control-character'],
  ['a direction isolate', 'a\u2066b', 'control-character'],
  ['half a surrogate pair', 'a\ud83d', 'lone-surrogate'],
  ['normal form D', 'cafe\u0301.html', 'not-nfc'],
  ['an encoded step upwards', 'a/%2e%2E/b', 'encoded-traversal'],
  ['a half encoded step upwards', '.%2e/b', 'encoded-traversal'],
  ['a doubly encoded step upwards', '%252e%252e/b', 'encoded-traversal'],
  ['a triply encoded slash', 'a%25252fb', 'encoded-traversal'],
  ['an encoded slash', 'a%2fb', 'encoded-traversal'],
  ['an encoded backslash', 'a%5Cb', 'encoded-traversal'],
  ['an encoded NUL', 'a%00.png', 'encoded-traversal'],
  ['an overlong encoded dot', '%c0%ae%C0%AE', 'encoded-traversal'],
  ['an overlong encoded slash', '..%c0%afx', 'encoded-traversal'],
  ['a name of 256 bytes', 'x'.repeat(256), 'component-too-long'],
  ['a name of 256 bytes in 128 characters', '\u00e9'.repeat(128), 'component-too-long'],
  ['a path of 1,025 bytes', `${`${'x'.repeat(127)}/`.repeat(8)}x`, 'path-too-long'],
  [
    'a path of 1,027 bytes in 516 characters',
    `${'\u00e9'.repeat(100)}/`.repeat(5) + '\u00e9'.repeat(11),
    'path-too-long',
  ],
  ['65 components', Array.from({ length: 65 }, () => 'd').join('/'), 'too-deep'],
  ['a trailing dot', 'a./b', 'trailing-dot-or-space'],
  ['a trailing space', 'a ', 'trailing-dot-or-space'],
  ['a device name', 'CON', 'device-name'],
  ['a device name in small letters with an extension', 'x/lpt1.tar.gz', 'device-name'],
  ['a device name with a space before the extension', 'aux .txt', 'device-name'],
  ['a device name with a stream', 'nul:x', 'device-name'],
  ['a superscript device name', 'COM\u00b9', 'device-name'],
  ['an alternate data stream', 'index.ejs::$DATA', 'alternate-stream'],
  ['our own directory', '.lockstep/index.db', 'reserved-name'],
  ['our own directory, deeper and in capitals', 'a/.LOCKSTEP', 'reserved-name'],
  ['our own temporary name', 'a/.lockstep-stage-1', 'reserved-name'],
];

describe('a path', () => {
  for (const [why, path] of accepted) {
    it(`may be ${why}`, () => {
      assert.equal(parsePath(path), path);
      assert.equal(isSyncPath(path), true);
    });
  }

  for (const [why, input, rule] of refused) {
    it(`is refused for ${why}`, () => {
      assert.throws(
        () => parsePath(input),
        (error) => isSyncError(error, 'PATH_INVALID') && error.details['rule'] === rule,
      );
      assert.equal(isSyncPath(input), false);
    });
  }

  it('is shown in the error with its invisible characters spelled out and cut to a readable length', () => {
    assert.throws(
      () => parsePath(`a\u202e\n${'x'.repeat(5000)}`),
      (error) => {
        assert.ok(isSyncError(error));
        assert.equal(error.details['rule'], 'path-too-long');
        const shown = String(error.details['path']);
        assert.ok(shown.startsWith('a\\u{202e}\\u{a}xxx'), shown);
        assert.ok(shown.length < 150, `${shown.length} characters`);
        assert.ok(error.message.includes(shown));
        return true;
      },
    );
  });
});

describe('a digest', () => {
  it('is 64 lower-case hex digits', () => {
    assert.equal(parseDigest('0a'.repeat(32)), '0a'.repeat(32));
  });

  const wrong: readonly (readonly [why: string, input: unknown])[] = [
    ['in capitals', '0A'.repeat(32)],
    ['too short', '0a'.repeat(31)],
    ['too long', '0a'.repeat(33)],
    ['followed by a newline', `${'0a'.repeat(32)}\n`],
    ['not hex', 'xy'.repeat(32)],
    ['missing', undefined],
  ];
  for (const [why, input] of wrong) {
    it(`is refused when it is ${why}`, () => {
      assert.throws(
        () => parseDigest(input),
        (error) => isSyncError(error, 'REQUEST_MALFORMED') && 'digest' in error.details,
      );
    });
  }
});
