import { showText, SyncError } from '@lockstep/core';

/** OPTION_INVALID that names the option of `createReceiver`, quotes the value and says what to do. */
export function invalidOption(option: string, value: unknown, remedy: string): SyncError {
  const shown = showText(typeof value === 'number' || typeof value === 'boolean' ? String(value) : value);
  return new SyncError('OPTION_INVALID', `createReceiver got ${option} = "${shown}". ${remedy}.`, {
    details: { option },
  });
}

/** Throws OPTION_INVALID for a key that is not known, with the nearest one that is. */
export function refuseUnknown(given: object, known: readonly string[], prefix = ''): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = known
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), unknown.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const isNear = near !== undefined && near.distance <= Math.ceil(unknown.length / 3);
  const hint = isNear ? `Did you mean ${prefix}${near.name}?` : `Known are: ${known.join(', ')}.`;
  const option = `${prefix}${showText(unknown)}`;
  throw new SyncError('OPTION_INVALID', `createReceiver does not know the option "${option}". ${hint}`, {
    details: { option },
  });
}

/** How many characters must be put in, taken out or replaced (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
