import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createIgnore, describeSkip } from '@lockstep/core';
import { repositoryRoot } from '../structure/source-files.js';
import { codeWords, plain, readDocument, section, tableRows } from './document.js';
import { isDocumented, isInSources, loggedTexts } from './log-lines.js';

const page = readDocument('docs/operations.md');

describe('the log lines of docs/operations.md', () => {
  const rows = tableRows(section(page, 'Log lines'));
  const lines = rows.map((row) => plain(row['line']));
  /** Put together from several texts of the sources. */
  const composed = new Set(['Skipping file due to REASON: PATH']);
  /** The end of a documented line whose beginning another function gives. */
  const ends = new Set(['\u0000 Peers cannot deliver until then.']);

  for (const line of lines.filter((each) => !composed.has(each))) {
    it(`are in the sources: ${line}`, () => {
      assert.ok(isInSources(line), 'no source has this text');
    });
  }

  it('include what is said of a file that is left out', () => {
    const ignore = createIgnore({ patterns: [], syncignore: {}, maxFileBytes: 1 });
    const verdict = ignore.verdict('static', 'app.db');
    assert.ok(verdict.ignored);
    assert.equal(describeSkip(verdict, 'PATH'), 'Skipping file due to excluded extension: PATH');
    assert.ok(lines.includes('Skipping file due to REASON: PATH'));
  });

  it('are all that the sources say from level info upwards', () => {
    assert.ok(loggedTexts.size > 20, `${loggedTexts.size} found`);
    assert.deepEqual(
      [...loggedTexts].filter((text) => !ends.has(text) && !isDocumented(text, lines)),
      [],
    );
  });

  it('have a level and say when', () => {
    for (const row of rows) {
      assert.match(row['level'] ?? '', /^(?:debug|info|warn|error)$/u);
      assert.match(row['when'] ?? '', /\.$/u);
    }
  });
});

interface Series {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
}

describe('the metrics of docs/operations.md', () => {
  it('are those that the monitor registers, with kind and labels', async () => {
    const module = new URL('../../../packages/monitor/dist/metrics/series.js', import.meta.url);
    const { series } = (await import(module.href)) as { series: readonly Series[] };
    const documented = tableRows(section(page, 'Metrics')).map((row) => ({
      name: plain(row['metric']),
      kind: row['kind'],
      labels: codeWords(row['labels'] ?? ''),
    }));
    assert.deepEqual(
      documented,
      series.map(({ name, kind, labels }) => ({ name, kind, labels: [...labels] })),
    );
  });

  it('are the ones that alerts and advice name', () => {
    const known = new Set(tableRows(section(page, 'Metrics')).map((row) => plain(row['metric'])));
    const named = page.match(/lockstep_[a-z_]+/gu) ?? [];
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    );
  });
});

describe('the holds of docs/operations.md', () => {
  it('have every reason there is', () => {
    const code = readFileSync(join(repositoryRoot, 'packages/core/src/ports/index-tables.ts'), 'utf8');
    const [, union = ''] = /export type HoldReason =([^;]*);/u.exec(code) ?? [];
    const reasons = [...union.matchAll(/'([a-z-]+)'/gu)].map(([, reason]) => reason);
    assert.deepEqual(
      tableRows(section(page, 'Holds')).map((row) => plain(row['reason'])),
      reasons,
    );
  });
});

describe('the advice on snapshots in docs/operations.md', () => {
  it('knows how long tombstones are remembered', () => {
    const code = readFileSync(join(repositoryRoot, 'packages/core/src/replica/maintain.ts'), 'utf8');
    assert.match(code, /graceMs = 30 \* 86_400_000;/u);
    assert.match(section(page, 'Backup and restore'), /is forgotten after 30 days/u);
    assert.match(code, /tombstoneLifeMs = 180 \* 86_400_000;/u);
    assert.match(section(page, 'Removing a server'), /180 days at most/u);
  });
});
