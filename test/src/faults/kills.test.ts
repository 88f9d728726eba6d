import { test } from 'node:test';
import { killRun } from './kill-run.js';

const seeds = { bulk: 1, large: 1, churn: 1, fresh: Math.floor(Math.random() * 1e6) };

test('servers killed in the middle of a bulk copy have everything in the end', { timeout: 120_000 }, () =>
  killRun('bulk', seeds.bulk),
);

test('servers killed in the middle of large files have them whole', { timeout: 120_000 }, () =>
  killRun('large', seeds.large),
);

test(
  'servers killed while many files change and go lose nothing and bring nothing back',
  { timeout: 120_000 },
  () => killRun('churn', seeds.churn),
);

test('the same from a seed that no run had before', { timeout: 120_000 }, () =>
  killRun('churn', seeds.fresh),
);
