// A node:test reporter whose only output is {"passed": n, "failed": n} for the whole run.

/** Counts what node:test counts: cancelled tests are failures, skipped and todo tests are neither. */
export default async function* summaryReporter(events) {
  const counts = {};
  for await (const { type, data } of events) {
    if (type !== 'test:diagnostic') continue;
    const [, name, count] = /^(pass|fail|cancelled) (\d+)$/.exec(data.message) ?? [];
    // The run's own totals come last, so a test's diagnostic of the same form cannot stand.
    if (name) counts[name] = Number(count);
  }
  yield JSON.stringify({ passed: counts.pass ?? 0, failed: (counts.fail ?? 0) + (counts.cancelled ?? 0) });
}
