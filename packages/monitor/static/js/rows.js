// Lists that grow at the top by themselves and at the bottom on demand.

/** The newest rows, continued by older ones already shown, unless something would be missing in between. */
export function continued(newest, shown) {
  const last = newest.at(-1);
  if (last === undefined) return [];
  const joins = shown.some((row) => row.key === last.key);
  return joins ? [...newest, ...shown.filter((row) => Number(row.key) < Number(last.key))] : newest;
}

/** `rows` with more below them, each once. */
export function extended(rows, more) {
  const known = new Set(rows.map((row) => row.key));
  return [...rows, ...more.filter((row) => !known.has(row.key))];
}
