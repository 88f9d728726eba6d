/** Why a path is refused; `details.rule` of PATH_INVALID. */
export type PathRule =
  | 'not-text'
  | 'empty'
  | 'path-too-long'
  | 'too-deep'
  | 'absolute'
  | 'drive-letter'
  | 'backslash'
  | 'control-character'
  | 'lone-surrogate'
  | 'not-nfc'
  | 'empty-component'
  | 'dot-component'
  | 'encoded-traversal'
  | 'component-too-long'
  | 'trailing-dot-or-space'
  | 'device-name'
  | 'alternate-stream'
  | 'reserved-name';

/** Longest path, in bytes of UTF-8. Room is left below PATH_MAX (4,096) for the root and for staging. */
export const maxPathBytes = 1024;
/** Longest component, in bytes of UTF-8 (NAME_MAX of every common file system). */
export const maxComponentBytes = 255;
/** Most components of a path. */
export const maxPathComponents = 64;

// Includes C1 controls and the bidi overrides: both let a name show as another one in a log, a terminal or a page.
const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u; // eslint-disable-line no-control-regex
const loneSurrogate = /\p{Cs}/u;
const nonAscii = /[^\u0020-\u007e]/u;
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|com[1-9¹²³]|lpt[1-9¹²³]) *(?:[.:]|$)/iu;
const reservedName = /^\.lockstep(?:$|-)/iu;

/** The first rule that the text breaks, null for a path that is safe to join under a folder's root on every platform. */
export function brokenPathRule(text: string): PathRule | null {
  // UTF-8 is never shorter than UTF-16 units, so this bounds the work below for hostile input.
  if (text.length > maxPathBytes) return 'path-too-long';
  if (text === '') return 'empty';
  if (text.startsWith('/')) return 'absolute';
  if (/^[a-z]:/iu.test(text)) return 'drive-letter';
  if (text.includes('\\')) return 'backslash';
  if (controlCharacter.test(text)) return 'control-character';
  if (nonAscii.test(text)) {
    if (loneSurrogate.test(text)) return 'lone-surrogate';
    if (text.normalize('NFC') !== text) return 'not-nfc';
    if (Buffer.byteLength(text) > maxPathBytes) return 'path-too-long';
  }
  const components = text.split('/');
  if (components.length > maxPathComponents) return 'too-deep';
  for (const component of components) {
    const broken = brokenComponentRule(component);
    if (broken !== null) return broken;
  }
  return null;
}

function brokenComponentRule(name: string): PathRule | null {
  if (name === '') return 'empty-component';
  if (name === '.' || name === '..') return 'dot-component';
  if (name.includes('%') && hidesTraversal(name)) return 'encoded-traversal';
  if (Buffer.byteLength(name) > maxComponentBytes) return 'component-too-long';
  if (name.endsWith('.') || name.endsWith(' ')) return 'trailing-dot-or-space';
  if (deviceName.test(name)) return 'device-name';
  if (name.includes('::$')) return 'alternate-stream';
  if (reservedName.test(name)) return 'reserved-name';
  return null;
}

/**
 * Percent signs are ordinary characters here and never decoded. But a proxy or a handler behind us may decode them, once or
 * twice, so a name that would become a step upwards, a separator or NUL is refused. `%c0%ae` and its like are overlong UTF-8.
 */
function hidesTraversal(name: string): boolean {
  let decoded = name;
  for (let before = ''; before !== decoded;) {
    before = decoded;
    decoded = decoded
      .replaceAll(/%c0%ae|%2e/giu, '.')
      .replaceAll(/%c0%af|%2f/giu, '/')
      .replaceAll(/%c1%9c|%5c/giu, '\\')
      .replaceAll(/%c0%80|%00/giu, '\0')
      .replaceAll('%25', '%');
  }
  return decoded === '.' || decoded === '..' || /[/\\\0]/u.test(decoded);
}
