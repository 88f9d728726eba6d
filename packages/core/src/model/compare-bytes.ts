/** Compares two texts by the bytes of their UTF-8, as SQLite and other servers do: negative when `a` comes first, 0 when equal. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  if (!surrogates.test(a) && !surrogates.test(b)) return a < b ? -1 : 1;
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at += 1) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Halves of characters above U+FFFF: as numbers they are below U+E000 to U+FFFF, as bytes above. */
const surrogates = /[\ud800-\udfff]/;

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
