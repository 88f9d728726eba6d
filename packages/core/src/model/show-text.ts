/** Characters that would forge, hide or reorder text in a log or on a page: controls, line separators, bidi overrides. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;

/** Untrusted text made safe to show: cut to `maxLength` characters, everything invisible spelled as `\u{…}`. */
export function showText(input: unknown, maxLength = 120): string {
  if (typeof input !== 'string') return `(${input === null ? 'null' : typeof input})`;
  const cut = input.length > maxLength ? `${input.slice(0, maxLength)}…` : input;
  return cut.replace(unprintable, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}
